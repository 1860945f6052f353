// A checkout with the real build.sh, hardly any sources and a fake SDK that writes down what it was asked.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

internal sealed class FakeCheckout : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/bash
        echo "$1" >>"$FAKE_LOG"
        case $1 in
        --version) [[ -f global.json ]] && echo 10.0.100 ;;
        publish)
            while [[ $1 != -o ]]; do shift; done
            if grep -rq syntax-error build; then echo "Program.cs(1,1): error CS1002: ; expected"; exit 1; fi
            sleep 0.2; mkdir -p "$2"; touch "$2/imagecraft.dll" ;;
        exec) shift 2; echo "workspace=$IMAGECRAFT_CORE"; printf 'argument=%s\n' "$@"; exit "${FAKE_EXIT:-0}" ;;
        esac
        """;

    public FakeCheckout()
    {
        Base = Directory.CreateTempSubdirectory("imagecraft test ").FullName;
        Root = Path.Combine(Base, "a checkout");
        Tools = Path.Combine(Base, "tools");
        Cache = Path.Combine(Base, "cache");
        Directory.CreateDirectory(Path.Combine(Root, "build", "Imagecraft.Cli"));
        Directory.CreateDirectory(Tools);
        File.Copy(Path.Combine(Golden.Root, "build.sh"), Path.Combine(Root, "build.sh"));
        foreach (var file in new[] { "global.json", "Directory.Build.props", "Directory.Packages.props" })
            File.Copy(Path.Combine(Golden.Root, file), Path.Combine(Root, file));
        File.WriteAllText(Path.Combine(Root, "build", "Imagecraft.Cli", "Program.cs"), "return 0;");
        WriteScript(Path.Combine(Tools, "dotnet"), FakeDotnet);
    }

    public string Base { get; }

    public string Root { get; }

    public string Tools { get; }

    public string Cache { get; }

    public string Log => Path.Combine(Base, "log");

    /// <summary>How often the fake SDK was asked to publish.</summary>
    public int Publications => File.Exists(Log) ? File.ReadLines(Log).Count(l => l == "publish") : 0;

    public static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Runs build.sh with only the fake SDK and the system's tools on PATH.</summary>
    public async Task<BufferedCommandResult> RunAsync(string[] arguments, Dictionary<string, string?>? environment = null, string? path = null, string? script = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return await CliWrap.Cli.Wrap("/bin/bash").WithArguments([script ?? Path.Combine(Root, "build.sh"), .. arguments])
            .WithWorkingDirectory(Base)
            .WithEnvironmentVariables(new Dictionary<string, string?>(environment ?? [])
            {
                ["PATH"] = path ?? $"{Tools}:/usr/bin:/bin",
                ["HOME"] = Path.Combine(Base, "home"),
                ["DOTNET_ROOT"] = null,
                ["IMAGECRAFT_CACHE"] = Cache,
                ["FAKE_LOG"] = Log,
            })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
    }

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
