// A program with an instruction that the board's CPU lacks is told with signal, CPU, place and remedy.

using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public class IllegalInstructionTests
{
    private const string Arm64 = """
        [   12.345678] infer[123]: unhandled exception: Oops - undefined instruction in infer[aaaac0de0000+1000]
        [   12.345700] CPU: 0 UID: 0 PID: 123 Comm: infer Not tainted 6.12.107 #1
        [   12.345720] pstate: 60001000 (nZCv daif -PAN -UAO -TCO -DIT +SSBS BTYPE=--)
        [   12.345730] pc : 0000aaaac0de0714
        [   12.345740] lr : 0000ffff8d3a1234
        [   12.345750] Code: d65f03c0 d503201f 52800020 d65f03c0 (04a0e3e0)
        """;

    private const string X64 = "[   12.345678] traps: infer[123] trap invalid opcode ip:401136 sp:7ffc2b1f error:0 in infer[1136,401000+1000]";

    private const string Riscv = """
        [   12.345678] infer[123]: unhandled signal 4 code 0x1 at 0x000000000001047c in infer[1047c,10000+1000]
        [   12.345700] epc : 000000000001047c ra : 0000003f9a1b2c3d sp : 0000003fe0
        """;

    // An undefined instruction of arm64, in a program without anything else: the header of an ELF file, one segment, and four zero bytes.
    private const string Illegal = """
        printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0\002\0\267\0\001\0\0\0\170\0\100\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\070\0\001\0\0\0\0\0\0\0' > /tmp/illegal
        printf '\001\0\0\0\005\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\100\0\0\0\0\0\174\0\0\0\0\0\0\0\174\0\0\0\0\0\0\0\0\0\001\0\0\0\0\0' >> /tmp/illegal
        printf '\0\0\0\0' >> /tmp/illegal
        chmod 755 /tmp/illegal; /tmp/illegal
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Arm64, "the kernel says `infer[123]: unhandled exception: Oops - undefined instruction in infer[aaaac0de0000+1000] / pc : 0000aaaac0de0714 / Code: d65f03c0 d503201f 52800020 d65f03c0 (04a0e3e0)`")]
    [InlineData(X64, "the kernel says `traps: infer[123] trap invalid opcode ip:401136 sp:7ffc2b1f error:0 in infer[1136,401000+1000]`")]
    [InlineData(Riscv, "the kernel says `infer[123]: unhandled signal 4 code 0x1 at 0x000000000001047c in infer[1047c,10000+1000] / epc : 000000000001047c ra : 0000003f9a1b2c3d sp : 0000003fe0`")]
    [InlineData("[    1.0] Booting Linux", "the kernel's log does not say where")]
    public void The_place_is_taken_from_the_kernels_log(string log, string place) =>
        Assert.Equal(
            $"A program died by signal 4, SIGILL: it has an instruction that this CPU (CPU implementer: 0x41, CPU part: 0xd07, QEMU's `-cpu cortex-a57`) does not have; {place}. "
            + "Compile it for this CPU (`cpu-flags` of the board, flags of its recipe), take a prebuilt package for an older one, or give QEMU the board's CPU by `-cpu`",
            IllegalInstructions.Explain($"[    0.1] Booting Linux\n{log}\n[   99.0] usb 1-1: new device\n", "CPU implementer\t: 0x41\nCPU part\t: 0xd07\n", "QEMU's `-cpu cortex-a57`"));

    [Fact]
    public void It_is_no_fault_of_the_kernel_and_an_oops_of_the_kernel_is_one()
    {
        Assert.Empty(KernelFaults.In(Arm64));
        Assert.Empty(KernelFaults.In(X64));
        Assert.NotEmpty(KernelFaults.In("[   12.0] Internal error: Oops - undefined instruction: 0000000002000000 [#1] SMP"));
    }

    [Theory]
    [InlineData("sh -c 'kill -ILL $$'", "Exit code is 132, expected 0")]
    [InlineData("echo 'infer: line 3: 123 Illegal instruction'; exit 1", "Exit code is 1, expected 0")]
    public async Task A_check_whose_program_dies_of_it_says_so(string run, string problem)
    {
        await using var machines = new FakeMachines(kernelLog: X64);
        CheckReport report = await CheckRunner.RunAsync(
            new() { Name = "b/i", Processor = "QEMU's `-cpu max`", Checks = [new() { Owner = "infer", Name = "runs", Run = run }] }, machines, null, null, Cancellation);
        Assert.Equal(problem, report.Results[1].Problems[0]);
        Assert.StartsWith("A program died by signal 4, SIGILL: it has an instruction that this CPU (", report.Results[1].Problems[1]);
        Assert.Contains("QEMU's `-cpu max`) does not have; the kernel says `traps: infer[123] trap invalid opcode ip:401136", report.Results[1].Problems[1]);
    }

    [Fact]
    public async Task A_check_that_expects_it_passes()
    {
        await using var machines = new FakeMachines(kernelLog: X64);
        CheckReport report = await CheckRunner.RunAsync(
            new() { Name = "b/i", Checks = [new() { Owner = "infer", Name = "dies", Run = "sh -c 'kill -ILL $$'", Exit = 132 }] }, machines, null, null, Cancellation);
        Assert.True(report.Passed);
    }

    [Fact]
    public void The_CPU_is_named_as_QEMU_and_the_compiler_are_told_it()
    {
        var machine = new MachineDescription { ToolRoot = "/", System = "aarch64", Image = "i", Disk = "d", CommandLine = "", Arguments = ["-cpu", "cortex-a57"], CpuFlags = ["-mcpu=neoverse-v2"] };
        Assert.Equal("QEMU's `-cpu cortex-a57`, `cpu-flags` [`-mcpu=neoverse-v2`]", Processors.Of(machine));
        Assert.Equal("QEMU's default without `-cpu`, the board has no `cpu-flags`", Processors.Of(machine with { Arguments = [], CpuFlags = [] }));
    }

    [Fact]
    public async Task An_illegal_instruction_is_told_with_the_CPU_and_its_address_and_is_no_fault_of_the_kernel()
    {
        await using Machine machine = await Machine.StartAsync(new(), Cancellation);
        var check = new Check { Owner = "acme", Name = "runs", Run = Illegal };
        CheckResult result = await CheckRunner.RunOneAsync(machine.Qemu.Console, check, Cancellation, processor: Processors.Of(machine.Qemu.Description));
        Assert.Equal("Exit code is 132, expected 0", result.Problems[0]);
        Assert.Matches("signal 4, SIGILL: .*QEMU's `-cpu cortex-a57`.*`illegal\\[\\d+\\]: .*undefined instruction.*0*400078", result.Problems[1]);
        Assert.Empty((await CheckRunner.RunOneAsync(machine.Qemu.Console, StandardChecks.KernelLog, Cancellation)).Problems);
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => machine.ExpectAsync("/tmp/illegal", cancellationToken: Cancellation));
        Assert.Contains("SIGILL", failure.Message);
    }
}
