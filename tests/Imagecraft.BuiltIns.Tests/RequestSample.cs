// Requests made by their types alone, so that a new field is sampled without a word. Unaware of what fields mean.

using System.Collections.Immutable;
using System.Reflection;

namespace Imagecraft.BuiltIns.Tests;

internal static class RequestSample
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>A value of the type.</summary>
    /// <param name="type">A request, or what requests are made of.</param>
    /// <param name="full">Whether there is something in every field; otherwise null where that may be, or what is empty.</param>
    public static object Of(Type type, bool full = true)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Of(inner, full);
        if (type == typeof(string))
            return full ? "a \"word\"\n" : "";
        if (type == typeof(Guid))
            return full ? new Guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b") : Guid.Empty;
        if (type == typeof(bool))
            return full;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(full ? Enum.GetValues(type).Length - 1 : 0)!;
        if (type.IsPrimitive)
            return Convert.ChangeType(full ? 85 : 0, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsGenericType && Collections.TryGetValue(type.GetGenericTypeDefinition(), out var method))
            return typeof(RequestSample).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type.GenericTypeArguments[^1]).Invoke(null, [full])!;
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length) ?? throw new InvalidOperationException($"No sample of {type}");
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Maybe(p.ParameterType, Nullability.Create(p), full))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            property.SetValue(made, Maybe(property.PropertyType, Nullability.Create(property), full));
        return made;
    }

    private static readonly Dictionary<Type, string> Collections = new()
    {
        [typeof(ImmutableArray<>)] = nameof(ListOf),
        [typeof(ImmutableSortedSet<>)] = nameof(SetOf),
        [typeof(ImmutableSortedDictionary<,>)] = nameof(MapOf),
    };

    private static object? Maybe(Type type, NullabilityInfo nullability, bool full) => full || nullability.WriteState != NullabilityState.Nullable ? Of(type, full) : null;

    private static ImmutableArray<T> ListOf<T>(bool full) => full ? [(T)Of(typeof(T)), (T)Of(typeof(T))] : [];

    private static ImmutableSortedSet<T> SetOf<T>(bool full) => full ? [(T)Of(typeof(T))] : [];

    private static ImmutableSortedDictionary<string, T> MapOf<T>(bool full) => full ? ImmutableSortedDictionary<string, T>.Empty.Add("Key.1", (T)Of(typeof(T))) : ImmutableSortedDictionary<string, T>.Empty;
}
