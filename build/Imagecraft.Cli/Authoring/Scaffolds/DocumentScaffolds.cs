// The first words of boards, images and layers: valid as they stand, with what their author is to decide in comments.

using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring.Scaffolds;

/// <summary>What one begins a document with.</summary>
public static class DocumentScaffolds
{
    /// <summary>An image with a shell, an address from the network, and a root that checks can log in as.</summary>
    public static ScaffoldFile Image(ScaffoldPlace place, string name)
    {
        var path = $"images/{name}.yaml";
        return new(path, place.SchemaLine(path, KindNames.Image) + $$"""
            image: {{name}}
            summary: What this image is for
            packages: [ base-files, busybox ]
            # `./build.sh list features` has what one word brings: ssh, monitoring, readonly-root, containers, ...
            features: [ dhcp ]
            hostname: {{name}}
            # Device nodes of accelerators are for this group.
            groups: [ { name: render, id: 105 } ]
            # For development: no password on the console, where checks log in. `authorized-keys:` and `locked: true` are for what is shipped.
            users: [ { name: root, id: 0, home: /root, shell: /bin/sh, password: "" } ]
            checks:
              - { name: shell, run: "echo $((6 * 7))", output: "42" }

            """);
    }

    /// <summary>A layer, empty.</summary>
    public static ScaffoldFile Layer(ScaffoldPlace place, string name)
    {
        var path = $"layers/{name}/layer.yaml";
        return new(path, place.SchemaLine(path, KindNames.Layer) + $"""
            layer: {name}
            # Higher ones say the last word; documents of layers with the same priority count by the layers' names.
            priority: 10

            """);
    }

    /// <summary>A board that is another one with differences.</summary>
    public static ScaffoldFile BoardLike(ScaffoldPlace place, string name, string other)
    {
        var path = $"boards/{name}/{name}.yaml";
        return new(path, place.SchemaLine(path, KindNames.Board) + $$"""
            board: {{name}}
            # All that `{{other}}` says holds here too; what is said below is merged over it. `./build.sh show board {{name}}` has the whole.
            extends: {{other}}
            summary: A board like {{other}}
            # Text replaces text, items of lists are added or merged by their names; `remove:` and `replace:` take away (docs/layers.md).
            # kernel-fragments: [ {{name}}.config ]
            # device-trees: [ { source: {{name}}.dts } ]

            """);
    }

    /// <summary>The least board: a kernel, a console, and a disk that the boot loader of the machine reads.</summary>
    /// <param name="place">Where it goes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="architecture">A known architecture.</param>
    /// <param name="console">Its serial console, e.g. <c>ttymxc1</c>.</param>
    /// <param name="image">An image of the workspace.</param>
    public static IEnumerable<ScaffoldFile> Board(ScaffoldPlace place, string name, Architecture architecture, string console, string image)
    {
        var path = $"boards/{name}/{name}.yaml";
        yield return new(path, place.SchemaLine(path, KindNames.Board) + $$"""
            board: {{name}}
            summary: A board of one's own
            architecture: {{architecture.Name}}
            # cpu-flags: [ -mcpu=cortex-a55 ]
            kernel: linux
            kernel-fragments: [ {{name}}.config ]
            command-line: "console={{console}},115200 root=$ROOT rw rootwait panic=5"
            console: {{console}}
            # device-trees: [ vendor/{{name}}.dtb ]
            # accelerators: [ ]                  # `./build.sh list accelerators`
            default-image: {{image}}
            partitions:
              - name: boot
                type: esp
                size: 64 MiB
                content: vfat
                files:
                  - { path: /{{architecture.KernelImage}}, artifact: {{architecture.KernelImage}} }
              - { name: root, type: {{RootType(architecture)}}, content: rootfs }
            # Where the board has a device tree: who needs which driver is looked at before anything is compiled (docs/boards.md).
            lint: { none: "No device tree is described yet" }

            """);
        yield return new($"boards/{name}/{name}.config", """
            # What the devices of this board need; `./build.sh menuconfig linux --board NAME --into FILE` adds to it.
            # CONFIG_SERIAL_8250_CONSOLE=y

            """);
    }

    // The types of the Discoverable Partitions Specification, as the disk forms name them.
    private static string RootType(Architecture architecture) => architecture.Debian.Value switch
    {
        "arm64" => "linux-root-arm64",
        "armhf" => "linux-root-arm",
        "riscv64" => "linux-root-riscv64",
        "amd64" => "linux-root-x86-64",
        _ => "linux",
    };
}
