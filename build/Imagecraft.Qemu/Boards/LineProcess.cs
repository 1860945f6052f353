// A child process whose streams are a board's line. Unaware of what it is.

using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Boards;

/// <summary>Starts it, keeps its complaints, and ends it with the console.</summary>
internal sealed class LineProcess
{
    private const int KeptErrorLines = 20;

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly Func<int, string, string> explain;
    private readonly Complaints errors = new(KeptErrorLines);

    private LineProcess(Process process, Func<int, string, string> explain)
    {
        this.process = process;
        this.explain = explain;
        process.ErrorDataReceived += (_, line) => errors.Note(line.Data);
    }

    /// <summary>Starts a program and gives its streams as a console.</summary>
    /// <param name="program">Looked for in <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside this process's.</param>
    /// <param name="log">File to which everything that comes is appended.</param>
    /// <param name="explain">Makes words of an exit code and of what it complained.</param>
    /// <param name="closed">Called when the console is closed.</param>
    /// <param name="make">Makes the console of its output, its input, the log and the description of its end.</param>
    /// <exception cref="Win32Exception">The host has no such program.</exception>
    public static SerialConsole Start(
        string program, ImmutableArray<string> arguments, IReadOnlyDictionary<string, string> environment, string log, Func<int, string, string> explain,
        Action? closed, Func<Stream, Stream, Stream, Func<Task<string>>, SerialConsole> make)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var child = new LineProcess(Process.Start(start)!, explain);
        child.process.BeginErrorReadLine();
        return make(
            new ClosingStream(child.process.StandardOutput.BaseStream, child.End + closed), child.process.StandardInput.BaseStream,
            new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), child.DescribeEndAsync);
    }

    private async Task<string> DescribeEndAsync()
    {
        using var limit = new CancellationTokenSource(ExitLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return "the connection was closed";
        }

        return explain(process.ExitCode, errors.ToString());
    }

    private void End()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
