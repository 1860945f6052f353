// `new`: the beginning of something of one's own. Changes nothing that is there.

using System.CommandLine;
using System.Collections.Immutable;
using Imagecraft.Cli.Authoring;
using Imagecraft.Cli.Authoring.Scaffolds;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes the first files of workspaces and documents.</summary>
public static class NewVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("new", "Begin a workspace of one's own, or a board, image, layer, model or recipe in it", Build);

    private static void Build(Command command, Session session)
    {
        var folder = new Argument<string>("folder") { Description = "Where it is made; it must not exist, or be empty" };
        var board = new Option<string>("--board") { Description = "Board that is built when none is named", DefaultValueFactory = _ => "qemu-arm64" };
        var workspace = new Command("workspace", "A product's own folder, with its boards, images and recipes over the layers that come with Imagecraft") { folder, board };
        workspace.SetAction(parsed => Workspace(session, parsed.GetValue(folder)!, parsed.GetValue(board)!));
        command.Subcommands.Add(workspace);
        command.Subcommands.Add(Board(session));
        command.Subcommands.Add(Image(session));
        command.Subcommands.Add(Layer(session));
        command.Subcommands.Add(Model(session));
        command.Subcommands.Add(Recipe(session));
    }

    private static Option<string?> LayerOption() => new("--layer") { Description = "Layer below layers/ that gets it (default: the workspace itself)" };

    private static Argument<string> NameArgument(string of) => new("name") { Description = $"Name of the {of}" };

    private static Command Board(Session session)
    {
        var (name, layer) = (NameArgument(KindNames.Board), LayerOption());
        var like = new Option<string?>("--like") { Description = "A board that it is to be like, but for what its file says" };
        var architecture = new Option<string?>("--architecture") { Description = "Without --like: its architecture, e.g. arm64" };
        var console = new Option<string?>("--console") { Description = "Without --like: its serial console, e.g. ttymxc1" };
        var board = new Command("board", "A board: one that differs from another, or the least that a machine needs") { name, like, architecture, console, layer };
        board.SetAction(parsed =>
        {
            var place = new ScaffoldPlace(session, parsed.GetValue(layer));
            var made = parsed.GetValue(name)!;
            place.RefuseName(KindNames.Board, made);
            switch (parsed.GetValue(like), parsed.GetValue(architecture), parsed.GetValue(console))
            {
                case ({ } other, null, null):
                    place.RequireName(KindNames.Board, other);
                    place.Write(DocumentScaffolds.BoardLike(place, made, other));
                    break;
                case (null, _, { } tty) when !Metadata.Model.Board.IsConsole(tty):
                    throw ProblemException.User($"`{tty}` is not the name of a serial console", "Give a name such as `ttyAMA0`, without `/dev/` and speed");
                case (null, { } machine, { } tty):
                    place.RequireName(KindNames.Architecture, machine);
                    var workspace = Composition.Load(session).Workspace;
                    var image = workspace.Images.ContainsKey("base") ? "base" : workspace.Images.Keys.FirstOrDefault() ?? throw ProblemException.User("The workspace has no image that the board could boot", "`./build.sh new image NAME` makes one");
                    place.Write([.. DocumentScaffolds.Board(place, made, workspace.Architectures[machine], tty, image)]);
                    break;
                default:
                    throw ProblemException.User("A board is like another, or begins with its architecture and console", "Give `--like BOARD`, or both `--architecture` and `--console`");
            }

            return Next(session, $"plan --board {made}");
        });
        return board;
    }

    private static Command Image(Session session)
    {
        var (name, layer) = (NameArgument(KindNames.Image), LayerOption());
        var image = new Command("image", "An image with a shell and an address from the network") { name, layer };
        image.SetAction(parsed =>
        {
            var place = new ScaffoldPlace(session, parsed.GetValue(layer));
            place.RefuseName(KindNames.Image, parsed.GetValue(name)!);
            place.Write(DocumentScaffolds.Image(place, parsed.GetValue(name)!));
            return Next(session, $"check --image {parsed.GetValue(name)}");
        });
        return image;
    }

    private static Command Layer(Session session)
    {
        var name = NameArgument(KindNames.Layer);
        var layer = new Command("layer", "A layer below layers/, for what several products or boards have in common") { name };
        layer.SetAction(parsed =>
        {
            var place = new ScaffoldPlace(session, null);
            place.RefuseName(KindNames.Layer, parsed.GetValue(name)!);
            place.Write(DocumentScaffolds.Layer(place, parsed.GetValue(name)!));
            if (File.Exists(Path.Combine(session.WorkspaceRoot, WorkspaceFile.FileName)))
                session.Console.Out.WriteLine($"It counts when `{WorkspaceFile.FileName}` lists it: `layers: [ layers/{parsed.GetValue(name)} ]`");
            return ExitCodes.Done;
        });
        return layer;
    }

    private static Command Model(Session session)
    {
        var (name, layer) = (NameArgument(KindNames.Model), LayerOption());
        var file = new Argument<string>("file") { Description = "The network, an .onnx file; it is copied beside the recipe" };
        var license = new Option<string>("--license") { Description = "Its license, an SPDX expression", DefaultValueFactory = _ => "NOASSERTION" };
        var shape = new Option<string[]>("--shape") { Description = "Shape of an input whose sizes the network leaves open, e.g. input=1,3,224,224", AllowMultipleArgumentsPerToken = false };
        var model = new Command("model", "A network: reads its inputs and outputs, and says what is needed to quantize and judge it") { name, file, license, shape, layer };
        model.SetAction(parsed =>
        {
            var place = new ScaffoldPlace(session, parsed.GetValue(layer));
            var order = new ModelOrder(parsed.GetValue(name)!, Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(license)!, [.. parsed.GetValue(shape) ?? []]);
            place.RefuseName(KindNames.Model, order.Name);
            var recipe = ModelScaffold.Recipe(place, order);
            place.Write(recipe);
            File.Copy(order.File, Path.Combine(place.Root, Path.GetDirectoryName(recipe.Path)!, Path.GetFileName(order.File)));
            return Next(session, $"model {order.Name}");
        });
        return model;
    }

    private static int Next(Session session, string call)
    {
        session.Console.Out.WriteLine($"Next: {Program(session, session.WorkspaceRoot)} {call}");
        return ExitCodes.Done;
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
        foreach (var (path, text) in WorkspaceScaffold.Files(name, board))
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

    private static string Name(string folder)
    {
        var name = string.Concat(folder.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).TrimStart('-', '.', '_');
        return name == "core" ? throw ProblemException.User("A workspace cannot be named `core`, as the layer is that comes with Imagecraft", "Name another folder")
            : name.Length > 0 ? name : throw ProblemException.User($"`{folder}` gives the workspace no name", "Name a folder with letters or digits");
    }
}
