// The numbers of ONNX Runtime's tables and of the driver's calls are those of their headers.

using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Imagecraft.Vnpu.Provider.Driver;
using Imagecraft.Vnpu.Provider.Ort;

namespace Imagecraft.VirtualNpu.Tests;

public sealed partial class SlotTests
{
    private static readonly string Headers = Path.Combine(typeof(SlotTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "OnnxRuntimePackage").Value!, "build", "native", "include");

    [Theory]
    [InlineData(typeof(BaseSlot), "OrtApiBase", "onnxruntime_c_api.h")]
    [InlineData(typeof(ApiSlot), "OrtApi", "onnxruntime_c_api.h")]
    [InlineData(typeof(EpApiSlot), "OrtEpApi", "onnxruntime_ep_c_api.h")]
    [InlineData(typeof(FactorySlot), "OrtEpFactory", "onnxruntime_ep_c_api.h")]
    [InlineData(typeof(EpSlot), "OrtEp", "onnxruntime_ep_c_api.h")]
    [InlineData(typeof(ComputeSlot), "OrtNodeComputeInfo", "onnxruntime_ep_c_api.h")]
    public void Slots_are_those_of_the_headers(Type slots, string structure, string header)
    {
        var members = Members(File.ReadAllText(Path.Combine(Headers, header)), structure);
        var expected = Constants(slots).ToDictionary(pair => pair.Key, pair => pair.Key == "Count" ? members.Count : members.IndexOf(pair.Key));
        Assert.Equal(expected, Constants(slots));
    }

    [Fact]
    public void The_version_is_the_one_of_the_headers() => Assert.Contains($"#define ORT_API_VERSION {Made.ApiVersion}\n", File.ReadAllText(Path.Combine(Headers, "onnxruntime_c_api.h")).Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public void The_drivers_calls_are_those_of_its_header()
    {
        var header = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vnpu_accel.h"));
        Assert.Equal((Uapi.Major, Uapi.Minor), (Define(header, "VNPU_UAPI_MAJOR"), Define(header, "VNPU_UAPI_MINOR")));
        Assert.Equal(Enum.GetValues<VnpuStatus>().Select(status => ($"{status}".ToUpperInvariant(), (int)status)), Enumeration(header, "vnpu_status", "VNPU_STATUS_"));
        Assert.Equal(Enum.GetValues<VnpuParam>().Select(param => ($"{param}".ToUpperInvariant(), (int)param)), Enumeration(header, "vnpu_param", "VNPU_PARAM_").Take(3));
        foreach (var (name, number, size) in new[] { ("GET_PARAM", Uapi.GetParam, 16), ("BO_CREATE", Uapi.CreateBuffer, 24), ("SUBMIT", Uapi.Submit, 40), ("WAIT", Uapi.Wait, 40) })
        {
            // Direction, size, letter, number: Linux' _IOWR. The sizes are added up from the header's fields.
            Assert.Equal(size, Size(header, $"vnpu_{name.ToLowerInvariant()}"));
            Assert.Equal((3u << 30) | ((uint)size << 16) | ((uint)'d' << 8) | (uint)(0x40 + Define(header, $"DRM_VNPU_{name}")), number);
        }
    }

    private static Dictionary<string, int> Constants(Type slots) => slots.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(field => field.Name, field => (int)field.GetRawConstantValue()!);

    /// <summary>The members of a structure in their order; functions that release an object are called after it.</summary>
    private static List<string> Members(string header, string structure)
    {
        header = Comment().Replace(header, "");
        var start = header.IndexOf($"struct {structure} {{", StringComparison.Ordinal);
        var end = start;
        for (var depth = 0; depth > 0 || end < start + structure.Length + 9; end++)
            depth += header[end] == '{' ? 1 : header[end] == '}' ? -1 : 0;
        var body = Directive().Replace(header[(header.IndexOf('{', start) + 1)..(end - 1)], "");
        return [.. body.Split(';').Select(member => member.Trim()).Where(member => member.Length > 0).Select(member =>
            Release().Match(member) is { Success: true } release ? "Release" + release.Groups[1].Value
            : Function().Match(member) is { Success: true } function ? function.Groups[1].Value + function.Groups[2].Value
            : Pointer().Match(member) is { Success: true } pointer ? pointer.Groups[1].Value
            : member.Split(' ')[^1])];
    }

    private static int Define(string header, string name) => Regex.Match(header, $@"#define {name}\s+(0x)?([0-9a-f]+)") is { Success: true } match
        ? int.Parse(match.Groups[2].Value, match.Groups[1].Success ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException(name);

    private static IEnumerable<(string, int)> Enumeration(string header, string name, string prefix) =>
        Regex.Matches(Regex.Match(Comment().Replace(header, ""), $@"enum {name} \{{([^}}]*)\}}").Groups[1].Value, $@"{prefix}(\w+) = (0x)?([0-9a-f]+)")
            .Select(match => (match.Groups[1].Value.Replace("_", "", StringComparison.Ordinal), int.Parse(match.Groups[3].Value, match.Groups[2].Success ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture)));

    private static int Size(string header, string structure) =>
        Regex.Matches(Regex.Match(Comment().Replace(header, ""), $@"struct {structure} \{{([^}}]*)\}}").Groups[1].Value, @"__[us](32|64) ").Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 8);

    [GeneratedRegex(@"/\*.*?\*/|//[^\n]*", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*#[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"ORT_CLASS_RELEASE\(\s*(\w+)")]
    private static partial Regex Release();

    [GeneratedRegex(@"^ORT_API2_STATUS\(\s*(\w+)|^ORT_API_T\([^,]*,\s*(\w+)", RegexOptions.Singleline)]
    private static partial Regex Function();

    [GeneratedRegex(@"\(\s*(?:ORT_API_CALL)?\s*\*\s*(\w+)\s*\)")]
    private static partial Regex Pointer();
}
