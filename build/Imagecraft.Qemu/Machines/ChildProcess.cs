// QEMU, or a program beside it, as a child process that does not outlive this one. Unaware of consoles.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Imagecraft.Qemu.Machines;

/// <summary>A child started and kept by a thread of its own.</summary>
/// <remarks>
/// The kernel counts the death of the thread that started a child as the parent's death (prctl(2), PR_SET_PDEATHSIG, which
/// QEMU uses for <c>exit-with-parent</c>, and the servers of accelerators too), so a pool thread, which may end any time, must not start it.
/// </remarks>
internal sealed partial class ChildProcess : IDisposable
{
    private const int KeptErrorLines = 40;

    // SIGTERM; signal(7).
    private const int Terminate = 15;

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    private readonly string name;
    private readonly Process process;
    private readonly Action<string>? heard;
    private readonly Complaints errors = new(KeptErrorLines);
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(string name, Process process, Action<string>? heard)
    {
        this.name = name;
        this.process = process;
        this.heard = heard;
    }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Ends with the exit code.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>Starts QEMU.</summary>
    /// <param name="tool">Loader and program.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="inTerminal">The child inherits all three streams; otherwise it reads nothing and its outputs are kept for messages.</param>
    /// <param name="relaysInput">In a terminal too, it reads only what <see cref="TypeAsync"/> gives it.</param>
    /// <exception cref="MachineStartException">The host refuses to start it.</exception>
    public static Task<ChildProcess> StartAsync(ToolRootProgram tool, IEnumerable<string> arguments, bool inTerminal, bool relaysInput = false) =>
        StartAsync("QEMU", [tool.Program, .. tool.Arguments, .. arguments], inTerminal, relaysInput, null);

    /// <summary>Starts a program beside QEMU, which reads nothing.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="heard">Takes each line that it prints.</param>
    /// <exception cref="MachineStartException">The host refuses to start it.</exception>
    public static Task<ChildProcess> StartAsync(string name, IEnumerable<string> command, Action<string> heard) => StartAsync(name, command, inTerminal: false, relaysInput: false, heard);

    private static async Task<ChildProcess> StartAsync(string name, IEnumerable<string> command, bool inTerminal, bool relaysInput, Action<string>? heard)
    {
        var start = new ProcessStartInfo(command.First(), command.Skip(1))
        {
            RedirectStandardInput = !inTerminal || relaysInput,
            RedirectStandardOutput = !inTerminal,
            RedirectStandardError = !inTerminal,
        };
        // The loader's path decides the libraries; modules must fit them.
        start.Environment.Remove("LD_LIBRARY_PATH");
        start.Environment.Remove("LD_PRELOAD");
        var child = new ChildProcess(name, new Process { StartInfo = start }, heard);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => child.Keep(started, inTerminal)) { IsBackground = true, Name = name }.Start();
        try
        {
            await started.Task;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            child.Dispose();
            throw new MachineStartException($"Program `{start.FileName}` does not start: {exception.Message}");
        }

        return child;
    }

    /// <summary>Words about the end, with what QEMU said.</summary>
    public async Task<string> DescribeEndAsync()
    {
        if (await Task.WhenAny(Exited, Task.Delay(ExitLimit)) != Exited)
            return $"{name} closed its console, yet runs on";
        int code = await Exited;
        string said = errors.ToString();
        return EndOf(code) + (said.Length == 0 ? "" : $": {said}");
    }

    // .NET gives 128 and the number of the signal that ended a process; QEMU's own exit codes are 0 and 1.
    private string EndOf(int code) => code switch
    {
        128 + 9 => $"{name} was killed by SIGKILL, by hand or because the host has too little memory",
        128 + 4 => $"{name} crashed by SIGILL: it has an instruction that this host's CPU does not have",
        128 + 6 => $"{name} crashed by SIGABRT",
        128 + 11 => $"{name} crashed by SIGSEGV",
        > 128 => $"{name} was ended by signal {code - 128}",
        _ => $"{name} ended with exit code {code}",
    };

    /// <summary>Time that the thread which waited longest has waited for a CPU since its start; zero on hosts that do not say.</summary>
    /// <remarks>Source: Documentation/scheduler/sched-stats.rst of the kernel, <c>/proc/PID/schedstat</c>.</remarks>
    public TimeSpan Starved()
    {
        long longest = 0;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{Id}/task"))
                longest = Math.Max(longest, long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[1], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            // A thread, or all of QEMU, has just ended, or the host keeps no such figures.
        }

        return TimeSpan.FromMicroseconds(longest / 1000);
    }

    /// <summary>Time that a CPU of the host has worked or was wanted for one of its threads; zero when there is no such thread.</summary>
    public TimeSpan UsedBy(int thread)
    {
        try
        {
            string[] figures = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/task/{thread}/schedstat")).Split(' ');
            return TimeSpan.FromMicroseconds((long.Parse(figures[0], CultureInfo.InvariantCulture) + long.Parse(figures[1], CultureInfo.InvariantCulture)) / 1000);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <summary>Hands on what is typed until its end, or the process's.</summary>
    public async Task TypeAsync(Stream input, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[4096];
        try
        {
            for (int read; (read = await input.ReadAsync(bytes, cancellationToken)) > 0;)
            {
                await process.StandardInput.BaseStream.WriteAsync(bytes.AsMemory(0, read), cancellationToken);
                await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
            }
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            await Exited;
        }
    }

    /// <summary>Asks the process to end, so that it writes its disks and gives the terminal back; kills it when it does not.</summary>
    public async Task TerminateAsync(TimeSpan limit)
    {
        if (!exited.Task.IsCompleted)
            _ = SendSignal(process.Id, Terminate);
        await Task.WhenAny(Exited, Task.Delay(limit));
        await KillAsync();
    }

    /// <summary>Ends the process, and only this one, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!exited.Task.IsCompleted)
            process.Kill();
        await Exited;
    }

    public void Dispose() => process.Dispose();

    private void Note(string? line)
    {
        errors.Note(line);
        if (line is not null)
            heard?.Invoke(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private void Keep(TaskCompletionSource started, bool inTerminal)
    {
        try
        {
            process.OutputDataReceived += (_, line) => Note(line.Data);
            process.ErrorDataReceived += (_, line) => Note(line.Data);
            process.Start();
            if (!inTerminal)
            {
                process.StandardInput.Close();
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }

            started.SetResult();
        }
        catch (Exception exception)
        {
            started.SetException(exception);
            return;
        }

        process.WaitForExit();
        exited.SetResult(process.ExitCode);
    }
}
