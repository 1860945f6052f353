// `new`: the beginning of something of one's own. Builds nothing and changes nothing that is there.

using System.CommandLine;
using System.Collections.Immutable;
using Imagecraft.Cli.Authoring;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes the first files of a workspace or recipe.</summary>
public static class NewVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("new", "Begin a workspace of one's own, or a recipe", Build);

    private static void Build(Command command, Session session)
    {
        var folder = new Argument<string>("folder") { Description = "Where it is made; it must not exist, or be empty" };
        var board = new Option<string>("--board") { Description = "Board that is built when none is named", DefaultValueFactory = _ => "qemu-arm64" };
        var workspace = new Command("workspace", "A product's own folder, with its boards, images and recipes over the layers that come with Imagecraft") { folder, board };
        workspace.SetAction(parsed => Workspace(session, parsed.GetValue(folder)!, parsed.GetValue(board)!));
        command.Subcommands.Add(workspace);
        command.Subcommands.Add(Recipe(session));
    }

    private static Command Recipe(Session session)
    {
        var address = new Argument<string>("address") { Description = "Archive of the sources: https:, debian:SOURCE/FILE, npm:, or a path" };
        var mirror = new Option<string[]>("--mirror") { Description = "Further address of the same archive", AllowMultipleArgumentsPerToken = false };
        var name = new Option<string?>("--name") { Description = "Name of the recipe (default: what the sources say)" };
        var version = new Option<string?>("--of-version") { Description = "Version (default: what the archive's name and the sources say)" };
        var noBuild = new Option<bool>("--no-build") { Description = "Write it without trying it" };
        var recipe = new Command("recipe", "A recipe: finds name, version, license, build system and dependencies, builds it, and says what is missing") { address, mirror, name, version, noBuild };
        var options = new BuildOptions(recipe);
        recipe.SetAction((parsed, _) => new RecipeAuthor(session, options.Read(parsed)).WriteAsync(new([parsed.GetValue(address)!, .. parsed.GetValue(mirror) ?? []], parsed.GetValue(name), parsed.GetValue(version), !parsed.GetValue(noBuild))));
        return recipe;
    }

    private static int Workspace(Session session, string folder, string board)
    {
        var root = Path.GetFullPath(folder);
        if (File.Exists(root) || (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()))
            throw ProblemException.User($"`{folder}` is there already, and is not empty", "Name a folder that does not exist yet");
        var name = Name(Path.GetFileName(root.TrimEnd('/')));
        foreach (var (path, text) in Files(name, board))
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            session.Console.Out.WriteLine(file);
        }

        session.Console.Out.WriteLine($"Build it from within: cd {(folder.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? folder : $"'{folder}'")} && {Program(session, root)} image");
        return ExitCodes.Done;
    }

    // A checkout is called by its script, from where the workspace is.
    private static string Program(Session session, string root) => session.CoreRoot is var core && File.Exists(Path.Combine(core, "build.sh")) ? Path.Combine(Path.GetRelativePath(root, core), "build.sh") : "imagecraft";

    private static IEnumerable<(string Path, string Text)> Files(string name, string board)
    {
        const string schemas = $"{LayerFolders.Core}/docs/schemas";
        yield return (WorkspaceFile.FileName, $"""
            # yaml-language-server: $schema={schemas}/workspace.schema.json
            # The core layer comes with Imagecraft and lies below; this folder is the layer above all others, with boards/, images/, models/ and recipes/ of its own.
            workspace: "{name}"
            board: {board}
            image: "{name}"
            # Further layers: folders, which may lie outside, or archives.
            layers: []

            """);
        yield return ($"images/{name}.yaml", $$"""
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
        yield return ($"recipes/hello/{name}-hello.yaml", $$"""
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
        yield return ("recipes/hello/program/hello.c", $$"""
            #include <stdio.h>

            int main(void)
            {
                puts("Hello from {{name}}");
                return 0;
            }

            """);
        yield return ("recipes/hello/program/Makefile", "hello: hello.c\n\t$(CC) $(CFLAGS) -o $@ $<\n\ninstall: hello\n\tinstall -D -t $(DESTDIR)/usr/bin hello\n");
        yield return (".gitignore", "/.imagecraft/\n/out/\nwork/\n");
    }

    private static string Name(string folder)
    {
        var name = string.Concat(folder.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).TrimStart('-', '.', '_');
        return name == "core" ? throw ProblemException.User("A workspace cannot be named `core`, as the layer is that comes with Imagecraft", "Name another folder")
            : name.Length > 0 ? name : throw ProblemException.User($"`{folder}` gives the workspace no name", "Name a folder with letters or digits");
    }
}
