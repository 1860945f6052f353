// `core`: a core dump in a debugger, with the program, symbols and sources of the image that it came from. Unaware of debuggers' languages.

using System.CommandLine;
using System.IO.Compression;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Deploying;
using Imagecraft.Images.Programs;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Finds the program that died in the image and opens both.</summary>
public static class CoreVerb
{
    private const string Copy = "core";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("core", "Open a core dump of a program of the image with gdb, symbols and sources", Build);

    private static void Build(Command command, Session session)
    {
        var file = new Argument<string>("file") { Description = "The dump, as it is or as .gz; with --from: its path on the machine" };
        var execute = new Option<string[]>("--execute") { Description = "A command of gdb; it ends after the last", HelpName = "command" };
        command.Arguments.Add(file);
        var machines = new ReachOptions(command, "--from", isRequired: false);
        command.Options.Add(execute);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var request = options.Read(parsed);
            var commands = parsed.GetValue(execute)!;
            if (commands.Length == 0 && !session.Console.IsInteractive)
                throw ProblemException.User("A debugger needs a terminal", "Run it in one, or say what it is to do by `--execute COMMAND`, e.g. `--execute 'thread apply all backtrace'`");
            var name = parsed.GetValue(file)!;
            if (!machines.IsGiven(parsed) && !File.Exists(name))
                throw ProblemException.User($"There is no file `{name}`", "Name a core dump; one that lies on a machine is fetched by `--from`");
            using var workshop = await Workshop.OpenAsync(session, request).ConfigureAwait(false);
            await using var dump = machines.IsGiven(parsed) ? await FetchAsync(session, machines.Read(parsed, session, workshop), name).ConfigureAwait(false) : Temporary();
            if (dump.Length == 0)
                await CopyAsync(File.OpenRead(name), dump, name).ConfigureAwait(false);
            var core = Read(dump, name);
            var (image, failed) = await DebuggedImage.BuildAsync(session, workshop).ConfigureAwait(false);
            if (image is null)
                return failed;
            using (image)
            {
                var program = Find(session, workshop.Plan.Image.Name, image, core, name);
                var (debugger, problem) = await Inspection.OpenAsync(session, request, new Extra.Debugger(image.SourcesOf(program))).ConfigureAwait(false);
                if (debugger is null)
                    return problem;
                using (debugger)
                {
                    dump.Position = 0;
                    await using (var copy = File.Create(Path.Combine(debugger.Folder, Copy)))
                        await dump.CopyToAsync(copy, session.Interrupts.Gentle).ConfigureAwait(false);
                    return new SandboxedDebugger(debugger, program).Run([$"core-file /build/{Copy}"], commands) == 0 ? ExitCodes.Done : ExitCodes.User;
                }
            }
        });
    }

    private static CoreDump Read(Stream dump, string name)
    {
        try
        {
            return CoreDump.Read(dump);
        }
        catch (FormatException wrong)
        {
            throw ProblemException.User($"`{name}` is no core dump that can be read: {wrong.Message}", "A dump that was cut lacks room or is limited: look at `ulimit -c` and at the disk");
        }
    }

    private static ImageProgram Find(Session session, string imageName, DebuggedImage image, CoreDump core, string name)
    {
        if (core.Program is not { } path)
            throw ProblemException.User($"`{name}` does not say which program died", "Its kernel must write the files that were mapped (CONFIG_ELF_CORE, and no limit on the dump)");
        var program = image.Program(path);
        if (program.Elf.Machine != core.Machine)
            throw ProblemException.User($"`{name}` is of a program for another processor than those of the image `{imageName}`", "Name the board and image that it came from: `--board`, `--image`");
        if (core.BuildId is { } id && program.Elf.BuildId is { } own && id != own)
            throw ProblemException.User($"`{name}` is of another build of `{path}` (build-id {id}) than the image `{imageName}` has ({own})", "Check out the sources of the image that ran, and build that; results are the same to the bit");
        session.Console.Out.WriteLine($"{(core.Command.Length > 0 ? core.Command : path)} died{(core.Signal is { } signal ? $" by signal {signal}" : "")}{(core.BuildId is null ? "; the dump does not tell of which build it is" : "")}");
        return program;
    }

    private static async Task<Stream> FetchAsync(Session session, ReachedMachine machine, string path)
    {
        var packed = new MemoryStream();
        await machine.UseAsync(session, "core", async (console, cancellation) =>
        {
            try
            {
                await console.ReadFileAsync(path, packed, Limit, cancellation).ConfigureAwait(false);
            }
            catch (IOException problem)
            {
                throw ProblemException.User($"{machine.Name}: {problem.Message}", "Dumps of more than 20 MiB are to be packed there first (`gzip`), or copied by other means");
            }

            return true;
        }).ConfigureAwait(false);
        packed.Position = 0;
        var dump = Temporary();
        await CopyAsync(packed, dump, path).ConfigureAwait(false);
        return dump;
    }

    private static async Task CopyAsync(Stream from, Stream to, string name)
    {
        await using (from)
        {
            var magic = new byte[2];
            var isPacked = await from.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false).ConfigureAwait(false) == 2 && magic is [0x1f, 0x8b];
            from.Position = 0;
            try
            {
                await using var content = isPacked ? new GZipStream(from, CompressionMode.Decompress) : from;
                await content.CopyToAsync(to).ConfigureAwait(false);
            }
            catch (InvalidDataException)
            {
                throw ProblemException.User($"`{name}` was cut or damaged: gzip cannot unpack it", "Copy it again; was there room for all of it?");
            }
        }
    }

    // Goes with its stream.
    private static FileStream Temporary() => new(Path.Combine(Path.GetTempPath(), $"imagecraft-{Guid.NewGuid():N}.core"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
}
