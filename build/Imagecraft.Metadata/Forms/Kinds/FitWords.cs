// The words of keys that several forms have: which parts fit together. Unaware of who compares them.

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Meanings of <c>interfaces</c> and <c>fits</c>.</summary>
static class FitWords
{
    public const string Interfaces = "versions of the interfaces that it has, by names that others' `fits` have: a driver's calls, a firmware's, a profile's";

    public const string Fits = "versions of others that it is made for, such as `>=1.2 <2`: of packages by their names, of the kernel as `linux`, of interfaces by theirs; a part of an image that has another version is an error";
}
