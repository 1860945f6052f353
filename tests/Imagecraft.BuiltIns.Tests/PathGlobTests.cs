namespace Imagecraft.BuiltIns.Tests;

public class PathGlobTests
{
    [Theory]
    [InlineData("/usr/**", "/usr/bin/a", true)]
    [InlineData("/usr/*", "/usr/bin/a", false)]
    [InlineData("/usr/lib/**/x.ko", "/usr/lib/x.ko", true)]
    [InlineData("/usr/lib/**/x.ko", "/usr/lib/modules/6.12/x.ko", true)]
    [InlineData("/a?c", "/abc", true)]
    [InlineData("/a.c", "/abc", false)]
    [InlineData("*.la", "/usr/lib/x.la", true)]
    public void Stars_stay_within_a_component_and_double_stars_do_not(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new PathGlob([pattern]).Matches(path));
}
