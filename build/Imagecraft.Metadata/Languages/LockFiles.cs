// The grammars of Cargo.lock, go.sum and package-lock.json. Unaware of disks and of registries.

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Languages;

/// <summary>Readers of lock files. Names and versions become parts of paths and addresses, so others than those of the registries are refused.</summary>
static partial class LockFiles
{
    /// <summary>The crates of a registry; those of the workspace itself have no hash.</summary>
    /// <exception cref="LockFileException">It is no <c>Cargo.lock</c>, or has crates of git repositories.</exception>
    /// <remarks>Source: The Cargo Book, Cargo.toml vs Cargo.lock; its TOML consists of tables <c>[[package]]</c> with texts.</remarks>
    public static ImmutableArray<LockedModule> Cargo(string text)
    {
        var crates = ImmutableArray.CreateBuilder<LockedModule>();
        var (fields, began, number, any) = (new Dictionary<string, string>(StringComparer.Ordinal), 0, 0, false);
        foreach (var line in text.Split('\n').Append("[[package]]"))
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.StartsWith('['))
            {
                if (trimmed.StartsWith("[[package]]", StringComparison.Ordinal) || began > 0)
                    Add();
                began = trimmed == "[[package]]" ? number : 0;
                fields.Clear();
            }
            else if (began > 0 && TomlText().Match(trimmed) is { Success: true } field)
            {
                fields[field.Groups["key"].Value] = field.Groups["value"].Value;
            }
        }

        return any ? crates.DrainToImmutable() : throw new LockFileException("has no `[[package]]`, so it is no Cargo.lock");

        void Add()
        {
            if (began == 0)
                return;
            any = true;
            if (!fields.TryGetValue("name", out var name) || !fields.TryGetValue("version", out var version))
                throw new LockFileException("has a package without `name` or `version`", began);
            if (fields.TryGetValue("source", out var source) && source.StartsWith("git+", StringComparison.Ordinal))
                throw new LockFileException($"takes `{name}` from a git repository, which has no hash: only crates of a registry can be fetched beforehand", began);
            if (source is null)
                return;
            if (!CrateName().IsMatch(name) || !Version().IsMatch(version))
                throw new LockFileException($"has the package `{name}` `{version}`, which no registry has", began);
            if (!fields.TryGetValue("checksum", out var checksum) || checksum.Length != 64 || !checksum.All(char.IsAsciiHexDigitLower))
                throw new LockFileException($"has no checksum of `{name}`", began);
            crates.Add(new(name, version, checksum, ""));
        }
    }

    /// <summary>Modules and <c>go.mod</c> files.</summary>
    /// <exception cref="LockFileException">It is no <c>go.sum</c>.</exception>
    /// <remarks>Source: Go Modules Reference, go.sum files.</remarks>
    public static ImmutableArray<LockedModule> Go(string text)
    {
        var modules = ImmutableArray.CreateBuilder<LockedModule>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (line.Trim().Split(' ') is not [var name, var version, var hash] || !GoPath().IsMatch(name) || name.Split('/').Any(part => part is "." or "..") || !hash.StartsWith("h1:", StringComparison.Ordinal))
                throw new LockFileException("has a line that is not `MODULE VERSION h1:HASH`", number);
            var isMod = version.EndsWith("/go.mod", StringComparison.Ordinal);
            var plain = isMod ? version[..^"/go.mod".Length] : version;
            if (!Version().IsMatch(plain))
                throw new LockFileException($"has the version `{version}`, which is none", number);
            modules.Add(new(name, plain, hash, isMod ? "mod" : "zip"));
        }

        return modules.DrainToImmutable();
    }

    /// <summary>Packages with the folders that they lie in; those for development alone are left out.</summary>
    /// <exception cref="LockFileException">It is no <c>package-lock.json</c> of npm 7 or later, or has packages that no registry has.</exception>
    /// <remarks>Source: npm's documentation, package-lock.json, <c>lockfileVersion</c> 2 and 3.</remarks>
    public static ImmutableArray<LockedModule> Npm(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (!document.RootElement.TryGetProperty("packages", out var packages))
                throw new LockFileException("has no `packages`: it was written by npm before version 7");
            // What lies in another package comes with it, and what is for other systems runs on no board.
            return [.. packages.EnumerateObject().Where(package => package.Name.Length > 0 && !IsTrue(package.Value, "dev") && !IsTrue(package.Value, "link") && !IsTrue(package.Value, "inBundle") && IsForLinux(package.Value)).Select(Package)];
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new LockFileException($"is no package-lock.json: {problem.Message}");
        }

        static bool IsTrue(JsonElement package, string key) => package.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;

        static bool IsForLinux(JsonElement package) => !package.TryGetProperty("os", out var systems) || systems.ValueKind != JsonValueKind.Array
            || (systems.EnumerateArray().Select(Word).ToArray() is var words && !words.Contains("!linux") && (words.Contains("linux") || words.All(word => word.StartsWith('!'))));

        static string Word(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

        static string? Text(JsonElement package, string key) => package.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        static LockedModule Package(JsonProperty package)
        {
            var folder = package.Name;
            var version = Text(package.Value, "version") ?? "";
            var name = Text(package.Value, "name") ?? folder.Split("node_modules/")[^1];
            if (!NpmFolder().IsMatch(folder) || !NpmName().IsMatch(name) || !Version().IsMatch(version))
                throw new LockFileException($"has the package `{folder}` `{version}`, which no registry has");
            if (Text(package.Value, "integrity")?.Split(' ').FirstOrDefault(hash => hash.StartsWith("sha512-", StringComparison.Ordinal)) is not { } strong)
                throw new LockFileException($"has no SHA-512 of `{folder}`");
            return new(name, version, strong, folder);
        }
    }

    [GeneratedRegex("""^(?<key>[a-z]+) = "(?<value>[^"]*)"$""", RegexOptions.ExplicitCapture)]
    private static partial Regex TomlText();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]*\z")]
    private static partial Regex CrateName();

    [GeneratedRegex(@"^v?[0-9][0-9A-Za-z.+_-]*\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9._~-]+)*\z")]
    private static partial Regex GoPath();

    [GeneratedRegex(@"^(@[a-z0-9-_~][a-z0-9-._~]*/)?[a-z0-9-_~A-Z][a-zA-Z0-9-._~]*\z")]
    private static partial Regex NpmName();

    [GeneratedRegex(@"^node_modules/(@[a-z0-9-_~][a-z0-9-._~]*/)?[a-zA-Z0-9-_~][a-zA-Z0-9-._~]*(/node_modules/(@[a-z0-9-_~][a-z0-9-._~]*/)?[a-zA-Z0-9-_~][a-zA-Z0-9-._~]*)*\z")]
    private static partial Regex NpmFolder();
}
