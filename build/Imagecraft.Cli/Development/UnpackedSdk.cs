// The SDK from whose folder this program was started. Unaware of how it was made.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Deploying;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Development;

/// <summary>What an SDK says of itself, in <c>sdk.json</c>.</summary>
/// <param name="Board">Name of the board.</param>
/// <param name="Image">Name of the image.</param>
/// <param name="Triplet">GNU triplet of its programs.</param>
/// <param name="ElfMachine">ELF's number of their processor.</param>
public sealed record SdkFacts(string Board, string Image, string Triplet, int ElfMachine)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "sdk.json";

    /// <summary>Its text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SdkJson.Texts.SdkFacts) + "\n";

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static SdkFacts FromJson(string json) => JsonSerializer.Deserialize(json, SdkJson.Texts.SdkFacts) ?? throw new JsonException("An SDK is described by an object");
}

/// <summary>A folder that an archive of <c>sdk</c> was unpacked to.</summary>
/// <param name="Folder">Absolute path.</param>
public sealed record UnpackedSdk(string Folder)
{
    private const string Variable = "IMAGECRAFT_INSIDE_SDK";

    /// <summary>The one that started this program; null: none did.</summary>
    public static UnpackedSdk? Of(Func<string, string?> variable) => variable(Variable) is { Length: > 0 } folder ? new(Path.GetFullPath(folder)) : null;

    /// <summary>What it says of itself.</summary>
    /// <exception cref="ProblemException">Its folder is damaged.</exception>
    public SdkFacts Facts
    {
        get
        {
            try
            {
                return SdkFacts.FromJson(File.ReadAllText(Path.Combine(Folder, SdkFacts.FileName)));
            }
            catch (Exception damaged) when (damaged is IOException or JsonException)
            {
                throw ProblemException.Environment($"The SDK in `{Folder}` is damaged: {damaged.Message}", "Unpack it again");
            }
        }
    }

    /// <summary>Where this user's machine of it and its logs are told of; the SDK itself may be only readable.</summary>
    public string StateFolder(Func<string, string?> variable)
    {
        var caches = variable("XDG_CACHE_HOME") is { Length: > 0 } own && Path.IsPathRooted(own) ? own : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : Path.GetTempPath();
        return Path.Combine(caches, "imagecraft-sdk", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder)).AsSpan(0, 8)));
    }

    /// <summary>A file of the board, as the sysroot has it.</summary>
    /// <param name="path">Absolute path on the board.</param>
    public byte[] OfBoard(string path) => File.ReadAllBytes(Path.Join(Folder, SdkFolders.Sysroot, path));

    /// <summary>Its gdb.</summary>
    public string Debugger => Path.Combine(Folder, SdkFolders.Programs, $"{Facts.Triplet}-gdb");

    /// <summary>What is known of the image.</summary>
    public ReachedImage Reached => new(Facts.Board, Facts.Image, "imagecraft run", demand =>
    {
        var password = demand.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault("") : "";
        return (LoginOptions.Root with { User = (demand.Address as Qemu.Boards.BoardAddress.Ssh)?.User ?? demand.User ?? LoginOptions.Root.User, Password = password }, demand.Identity);
    }, ResetsAfterPanic: false);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n", RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SdkFacts))]
internal sealed partial class SdkJson : JsonSerializerContext
{
    public static SdkJson Texts => Default;
}
