// How far an output may lie from its golden values. Unaware of networks and of files.

using System.Text.Json;

namespace Imagecraft.Infer.Deployed;

/// <summary>A bound for every value, and how many may pass it how far.</summary>
/// <param name="Absolute">Part of the bound that is the same for all outputs.</param>
/// <param name="Relative">Part of the bound as a share of the output's largest golden value.</param>
/// <param name="Outliers">Share of the values that may pass the bound, from 0 to below 1.</param>
/// <param name="Worst">The absolute deviation that not even those may pass.</param>
sealed record Allowance(double Absolute, double Relative = 0, double Outliers = 0, double Worst = double.PositiveInfinity)
{
    /// <summary>The bound for an output whose largest golden value is <paramref name="peak"/>.</summary>
    public double Bound(double peak) => Absolute + (Relative * peak);

    /// <summary>Reads a number, which is the absolute part alone, or an object; what is wrong is given to <paramref name="bad"/> as words behind "its".</summary>
    public static Allowance Read(JsonElement value, string key, Func<string, InferException> bad)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return new(Checked(value.GetDouble(), key, bad));
        if (value.ValueKind != JsonValueKind.Object)
            throw bad($"`{key}` is a {value.ValueKind}, expected a {nameof(JsonValueKind.Number)} or an {nameof(JsonValueKind.Object)}");
        var (outliers, worst) = (Part("outliers"), Part("worst"));
        if (outliers >= 1)
            throw bad($"`{key}.outliers` {outliers} are no share from 0 to below 1");
        if (outliers > 0 && worst is null)
            throw bad($"`{key}` has `outliers` without `worst`, the deviation that not even they may pass");
        return new(Part("absolute") ?? 0, Part("relative") ?? 0, outliers ?? 0, worst ?? double.PositiveInfinity);

        double? Part(string name) => !value.TryGetProperty(name, out var part) ? null
            : part.ValueKind == JsonValueKind.Number ? Checked(part.GetDouble(), $"{key}.{name}", bad)
            : throw bad($"`{key}.{name}` is a {part.ValueKind}, expected a {nameof(JsonValueKind.Number)}");
    }

    static double Checked(double number, string key, Func<string, InferException> bad) =>
        number >= 0 && double.IsFinite(number) ? number : throw bad($"`{key}` {number} is below 0 or no number");
}
