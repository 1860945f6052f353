// The stable codes of all diagnostics of metadata. Unaware of who reports them.

namespace Imagecraft.Metadata.Diagnostics;

/// <summary>Stable codes: 00xx the YAML itself, 01xx one document against its form, 02xx documents against each other.</summary>
public static class Codes
{
    /// <summary>The parser gave up.</summary>
    public const string MalformedYaml = "IC0001";

    /// <summary>A key stands twice in one map.</summary>
    public const string DuplicateKey = "IC0002";

    /// <summary>An anchor or alias.</summary>
    public const string Anchor = "IC0003";

    /// <summary>More than one document in a file.</summary>
    public const string SeveralDocuments = "IC0004";

    /// <summary>A tab as indentation.</summary>
    public const string Tab = "IC0005";

    /// <summary>A YAML tag such as <c>!!str</c>.</summary>
    public const string Tag = "IC0006";

    /// <summary>A file without a document.</summary>
    public const string EmptyFile = "IC0007";

    /// <summary>A file that cannot be read as one: a named pipe, a socket, a device, or far too large.</summary>
    public const string UnreadableFile = "IC0008";

    /// <summary>A symbolic link of a layer that leads out of the workspace, or to a folder in which it lies.</summary>
    public const string LinkLeadsOut = "IC0009";

    /// <summary>A document whose file has another ending than <c>.yaml</c>, so that it would be passed over.</summary>
    public const string WrongEnding = "IC0010";

    /// <summary>A folder of a layer that is named almost like one of those that are read.</summary>
    public const string UnreadFolder = "IC0011";

    /// <summary>The first key is none of the known kinds.</summary>
    public const string UnknownKind = "IC0101";

    /// <summary>A key the form does not have.</summary>
    public const string UnknownKey = "IC0102";

    /// <summary>A required key is absent.</summary>
    public const string MissingKey = "IC0103";

    /// <summary>A list where text is expected, and so on.</summary>
    public const string WrongType = "IC0104";

    /// <summary>None of the allowed words.</summary>
    public const string UnknownWord = "IC0105";

    /// <summary>Text that has not the form it must have (a size, a hash, a mode).</summary>
    public const string WrongFormat = "IC0106";

    /// <summary>A file that does not exist or lies outside of the workspace.</summary>
    public const string MissingFile = "IC0107";

    /// <summary>Keys that contradict each other within a document.</summary>
    public const string Contradiction = "IC0108";

    /// <summary>A name or password in an address, which all can read who have the file.</summary>
    public const string Credentials = "IC0109";

    /// <summary>A template that is malformed, or uses a name that nobody sets.</summary>
    public const string Template = "IC0110";

    /// <summary>Two documents of one layer have the same kind and name.</summary>
    public const string DuplicateName = "IC0201";

    /// <summary>An append to a recipe that no lower layer has.</summary>
    public const string UnknownAppendTarget = "IC0202";

    /// <summary>A name that nothing has.</summary>
    public const string UnknownName = "IC0203";

    /// <summary>Two recipes have a package of the same name.</summary>
    public const string DuplicatePackage = "IC0204";

    /// <summary>Recipes or feeds that need each other.</summary>
    public const string Cycle = "IC0205";

    /// <summary>Features of an image that exclude or contradict each other.</summary>
    public const string FeatureConflict = "IC0206";

    /// <summary>A layer that was made for another version of Imagecraft or of a layer.</summary>
    public const string WrongVersion = "IC0207";
}
