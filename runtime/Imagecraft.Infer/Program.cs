// The rim of the program: verbs, exit codes, errors in one line. Unaware of what the verbs do.

using Imagecraft.Infer;
using Imagecraft.Infer.Commands;
using Imagecraft.Infer.Network;

// .NET sends a terminal that it knows sequences before the first word; they would stand in logs of serial consoles.
Environment.SetEnvironmentVariable("TERM", null);
try
{
    if (args is [] or ["--help" or "-h" or "help", ..] || args.Contains("--help"))
    {
        Console.Out.WriteLine(Help.Text);
        return ExitCode.Done;
    }
    Telemetry.Off();
    return args[0] switch
    {
        "info" => InfoCommand.Run(args.AsSpan(1), Console.Out),
        "run" => RunCommand.Run(args.AsSpan(1), Console.Out),
        "verify" => VerifyCommand.Run(args.AsSpan(1), Console.Out),
        "bench" => BenchCommand.Run(args.AsSpan(1), Console.Out),
        "devices" => DevicesCommand.Run(args.AsSpan(1), Console.Out),
        var other => throw new InferException($"Unknown verb `{other}`, there are [info, run, verify, bench, devices], see `imagecraft-infer --help`"),
    };
}
catch (InferException problem)
{
    Console.Error.WriteLine($"imagecraft-infer: {problem.Message.ReplaceLineEndings(" ")}");
    return ExitCode.BadInput;
}
