// A machine boots once for a class of tests; each test goes on from its state. Unaware of what is tested.

using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Imagecraft.TestKit;

/// <summary>An xunit fixture: boots the image of the class's <see cref="BoardAttribute"/>, prepares it, and keeps its state; every test takes machines of its own from there.</summary>
/// <remarks>
/// <c>class MyTests(FreshMachines machines) : IClassFixture&lt;FreshMachines&gt;</c>, and in a test <c>await using Machine machine = await machines.StartAsync();</c>.
/// What such a machine printed is attached to the test when it ends. Derive from it to prepare what all tests need.
/// </remarks>
public class FreshMachines : IAsyncLifetime
{
    private SavedMachine? saved;

    /// <summary>What is booted: what the class's <see cref="BoardAttribute"/> says, or else the file that <see cref="BootedMachine.MachineVariable"/> names.</summary>
    protected virtual MachineOptions Options =>
        (TestContext.Current.TestClass as IXunitTestClass)?.Class.GetCustomAttribute<BoardAttribute>()?.ToOptions() ?? new MachineOptions();

    /// <summary>Boots, prepares, and keeps the state.</summary>
    public async ValueTask InitializeAsync()
    {
        await using Machine machine = await Machine.StartAsync(Options, CancellationToken.None);
        await PrepareAsync(machine);
        saved = await machine.SaveAsync(CancellationToken.None);
    }

    /// <summary>A machine in the kept state, for one test. Dispose it there.</summary>
    public Task<Machine> StartAsync(CancellationToken cancellationToken = default) =>
        (saved ?? throw new InvalidOperationException("No state is kept; take the fixture through xunit")).StartAsync(attachesConsole: true, cancellationToken);

    /// <summary>Forgets the state.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (saved is not null)
            await saved.DisposeAsync();
    }

    /// <summary>What is done once, before the state is kept; nothing, unless a derived class says so.</summary>
    protected virtual Task PrepareAsync(Machine machine) => Task.CompletedTask;
}
