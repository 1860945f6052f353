// The form of `hardening:` of recipes. Unaware of compilers.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>hardening:</c> of `build:`.</summary>
static class HardeningForm
{
    public static Form<HardeningSpec> Form { get; } = new("`hardening`", keys => new HardeningSpec(
        keys.Required("without", new FilledListOf<Sited<string>>(ScalarShapes.OneOf([.. HardeningWords.All])), "measures that it is compiled without"),
        keys.Required("because", ScalarShapes.Words, "why it cannot take them")));
}
