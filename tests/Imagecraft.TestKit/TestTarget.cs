// The same tests on a board and in QEMU: where the environment names a board it is that, else the class's machine. Unaware of what is tested.

using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Imagecraft.TestKit;

/// <summary>An xunit fixture: the machine that <see cref="AddressVariable"/> names, or else the image of the class's <see cref="BoardAttribute"/> in QEMU.</summary>
/// <remarks><c>class MyTests(TestTarget target) : IClassFixture&lt;TestTarget&gt;</c>. Tests of one class share the machine and run one after the other.</remarks>
public sealed class TestTarget : IAsyncLifetime
{
    /// <summary>Names a board by <c>ssh://USER@HOST:PORT</c>.</summary>
    public const string AddressVariable = "IMAGECRAFT_TEST_SSH";

    /// <summary>Names the file with the private key for it; without it the client takes those that it finds.</summary>
    public const string KeyVariable = "IMAGECRAFT_TEST_SSH_KEY";

    private ITestMachine? machine;

    /// <summary>The machine.</summary>
    public ITestMachine Machine => machine ?? throw new InvalidOperationException("The machine is not reached yet; take the fixture through xunit");

    /// <summary>Connects, or boots.</summary>
    public async ValueTask InitializeAsync()
    {
        string? address = Environment.GetEnvironmentVariable(AddressVariable), key = Environment.GetEnvironmentVariable(KeyVariable);
        machine = string.IsNullOrEmpty(address)
            ? await TestKit.Machine.StartAsync((TestContext.Current.TestClass as IXunitTestClass)?.Class.GetCustomAttribute<BoardAttribute>()?.ToOptions() ?? new MachineOptions())
            : await SshMachine.ConnectAsync(SshAddress.Parse(address) with { Identity = string.IsNullOrEmpty(key) ? null : key });
    }

    /// <summary>Ends QEMU; a board runs on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (machine is not null)
            await machine.DisposeAsync();
    }
}
