// Conditions of foreign recipes: what contradicts, what follows, and what `when:` can say.

using Imagecraft.Cli.Importing;

namespace Imagecraft.Cli.Tests.Importing;

public sealed class ForeignConditionTests
{
    private static readonly ForeignCondition Tls = ForeignCondition.Option("tls"), Docs = ForeignCondition.Option("docs"), Arm = ForeignCondition.Architecture("arm64");

    [Fact]
    public void What_contradicts_itself_never_holds()
    {
        Assert.True(Tls.And(Tls.Negated()!).IsNever);
        Assert.True(Arm.And(ForeignCondition.Architecture("armv7")).IsNever);
        Assert.True(Tls.And(ForeignCondition.Always).Equals(Tls));
        Assert.True(ForeignCondition.Never.Negated()!.IsAlways);
        Assert.False(Tls.And(Docs).IsNever);
    }

    [Fact]
    public void Single_conditions_decide_those_with_alternatives()
    {
        var either = ForeignCondition.Any(new Literal(ConditionSubject.Option, "tls", false), new Literal(ConditionSubject.Option, "docs", false));
        Assert.Equal(Docs, either.And(Tls.Negated()!).WithoutOption("tls"));
        Assert.Equal(Tls, either.And(Tls));
        Assert.Equal(Tls.Negated()!.And(Docs.Negated()!), either.Negated());
        Assert.Equal(either, either.Negated()!.Negated());
    }

    [Fact]
    public void A_contrary_without_words_is_none()
    {
        Assert.Null(Tls.And(Arm).Negated());
        Assert.NotNull(Tls.And(Docs).Negated());
    }

    [Fact]
    public void Options_that_are_off_for_good_decide()
    {
        Assert.True(Tls.WithoutOption("tls").IsNever);
        Assert.True(Tls.Negated()!.WithoutOption("tls").IsAlways);
        Assert.Equal(Docs, Docs.WithoutOption("tls"));
    }

    [Fact]
    public void Conditions_are_written_as_when()
    {
        Assert.Equal("x", ForeignCondition.Always.Around("x"));
        Assert.Equal("{ value: x, when: { option: \"!tls\" }, otherwise: y }", Tls.Negated()!.Around("x", "y"));
        Assert.Equal("{ value: x, when: { option: tls, architecture: arm64 } }", Tls.And(Arm).Around("x"));
        Assert.Equal("{ value: { value: x, when: { option: docs } }, when: { option: tls } }", Tls.And(Docs).Around("x"));
        Assert.Equal("{ value: x, when: { option: \"null\" } }", ForeignCondition.Option("null").Around("x"));
        Assert.False(Tls.And(Docs).IsSimple);
    }
}
