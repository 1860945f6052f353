// The first files of a workspace: an image, and a program of one's own with its check.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring.Scaffolds;

/// <summary>Words of a workspace that builds and boots as it stands.</summary>
public static class WorkspaceScaffold
{
    /// <summary>The files of a workspace <paramref name="name"/> that builds for <paramref name="board"/> when none is named.</summary>
    public static IEnumerable<ScaffoldFile> Files(string name, string board)
    {
        const string schemas = $"{LayerFolders.Core}/docs/schemas";
        yield return new(WorkspaceFile.FileName, $"""
            # yaml-language-server: $schema={schemas}/workspace.schema.json
            # The core layer comes with Imagecraft and lies below; this folder is the layer above all others, with boards/, images/, models/ and recipes/ of its own.
            workspace: "{name}"
            board: {board}
            image: "{name}"
            # Further layers: folders, which may lie outside, archives, and git commits.
            layers: []

            """);
        yield return new($"images/{name}.yaml", $$"""
            # yaml-language-server: $schema=../{{schemas}}/image.schema.json
            image: {{name}}
            summary: What the product is made of
            packages:
              - base-files
              - busybox
              - {{name}}-hello
            features: [ dhcp ]
            hostname: {{name}}
            # Device nodes of accelerators are for this group.
            groups: [ { name: render, id: 105 } ]
            # No password on the serial console, where checks log in.
            users: [ { name: root, id: 0, home: /root, shell: /bin/sh, password: "" } ]

            """);
        yield return new($"recipes/hello/{name}-hello.yaml", $$"""
            # yaml-language-server: $schema=../../{{schemas}}/recipe.schema.json
            recipe: {{name}}-hello
            version: "1.0"
            license: MIT
            summary: A program of one's own, to be replaced
            sources: [ { url: "file:program" } ]
            build: { system: make }
            packages: [ { name: {{name}}-hello, files: [ /usr/bin/hello ], requires: [ libc ] } ]
            checks: [ { name: greets, run: hello, output: "Hello from {{name}}" } ]

            """);
        yield return new("recipes/hello/program/hello.c", $$"""
            #include <stdio.h>

            int main(void)
            {
                puts("Hello from {{name}}");
                return 0;
            }

            """);
        yield return new("recipes/hello/program/Makefile", "hello: hello.c\n\t$(CC) $(CFLAGS) -o $@ $<\n\ninstall: hello\n\tinstall -D -t $(DESTDIR)/usr/bin hello\n");
        yield return new(".gitignore", "/.imagecraft/\n/out/\nwork/\n");
    }
}
