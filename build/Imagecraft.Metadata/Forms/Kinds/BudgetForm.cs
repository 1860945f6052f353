// What a model recipe allows a network to cost on an accelerator. Unaware of ONNX.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>An item of <c>budgets:</c> of models.</summary>
static class BudgetForm
{
    public static Form<BudgetSpec> Form { get; } = new("a budget", keys => new BudgetSpec(
        keys.Required("accelerator", ScalarShapes.Name, "an accelerator with a profile"),
        keys.Maybe("share", ScalarShapes.Number, "least share of the multiply-accumulates that it takes, from 0 to 1")?.Value,
        keys.Maybe("regions", ScalarShapes.Count, "how often it may be started in a run")?.Value,
        keys.Maybe("crossings", ScalarShapes.Count, "how many values may change sides, inputs and outputs of the network among them")?.Value,
        keys.Maybe("arena", ScalarShapes.Size, "memory that its activations may need")?.Value,
        keys.Maybe("cycles", ScalarShapes.Long, "cycles of its own counter that an inference may take, which a check on the board looks at")?.Value), Check);

    static bool Check(BudgetSpec made, Keys keys)
    {
        if (made.Share is < 0 or > 1)
            keys.Reading.Error(Codes.WrongFormat, "`share` must be from 0 to 1", keys.Span, "Write 0.95 for 95 of 100 multiply-accumulates");
        else if (made is { Share: null, Regions: null, Crossings: null, Arena: null, Cycles: null })
            keys.Reading.Error(Codes.MissingKey, "A budget without limits allows everything", made.Accelerator.Span, "Add one of [ `share`, `regions`, `crossings`, `arena`, `cycles` ]");
        else
            return true;
        return false;
    }
}
