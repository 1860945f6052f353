// What stands for the code of built-in functions in keys.

using Imagecraft.Engine.Actions;

namespace Imagecraft.BuiltIns.Tests;

public class IdentityTests
{
    [Fact]
    public void No_module_that_a_compiler_here_made_is_in_a_key_by_its_id()
    {
        var identities = BuiltInFunctions.All.SelectMany(function => function.Identity.Split('+')).ToHashSet();
        var ours = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name!.StartsWith("Imagecraft.", StringComparison.Ordinal) && assembly != typeof(IdentityTests).Assembly).ToList();
        Assert.True(ours.Count >= 6);
        Assert.All(ours, assembly => Assert.Equal(64, CodeRevision.Of(assembly).Length));
        Assert.DoesNotContain(ours, assembly => identities.Contains(assembly.ManifestModule.ModuleVersionId.ToString("N")));
        Assert.True(ours.Count(assembly => identities.Contains(CodeRevision.Of(assembly))) >= 5);
    }
}
