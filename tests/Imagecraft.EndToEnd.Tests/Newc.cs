// Reads cpio archives in the form that the kernel takes as initramfs.

using System.Globalization;
using System.Text;

namespace Imagecraft.EndToEnd.Tests;

internal sealed record NewcEntry(string Name, int Mode, int Major, int Minor, string Text);

internal static class Newc
{
    public static IEnumerable<NewcEntry> Read(byte[] archive)
    {
        for (var at = 0; ;)
        {
            Assert.Equal("070701", Ascii(at, 6));
            var size = Field(6);
            var name = Ascii(at + 110, Field(11) - 1);
            var content = Up(at + 110 + Field(11));
            if (name == "TRAILER!!!")
                yield break;
            yield return new(name, Field(1), Field(9), Field(10), Encoding.UTF8.GetString(archive, content, size));
            at = Up(content + size);

            int Field(int index) => int.Parse(Ascii(at + 6 + (index * 8), 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        string Ascii(int start, int length) => Encoding.ASCII.GetString(archive, start, length);

        static int Up(int offset) => (offset + 3) / 4 * 4;
    }
}
