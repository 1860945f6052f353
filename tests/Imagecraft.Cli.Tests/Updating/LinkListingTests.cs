// Links of pages, also of pages that are hardly pages.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class LinkListingTests
{
    [Theory]
    [InlineData("""<a href="lua-5.4.8.tar.gz">lua</a> <a class=x HREF='lua-5.4.7.tar.gz'>""", "lua-5.4.8.tar.gz lua-5.4.7.tar.gz")]
    [InlineData("<a href=plain-1.0.zip>x</a>", "plain-1.0.zip")]
    [InlineData("""<a href="/pub/v2.42/">v2.42/</a><a href="../">up</a><a href="?C=M;O=A">Last modified</a>""", "v2.42/")]
    [InlineData("""<a href="https://example.org/d/gtk%2B-3.0.tar.xz?x=1&amp;y=2#top">""", "gtk+-3.0.tar.xz")]
    [InlineData("<item><link>https://example.org/files/p-1.6.50.tar.gz/download</link></item><link><![CDATA[https://example.org/p-1.6.51.tar.gz]]></link>", "p-1.6.50.tar.gz p-1.6.51.tar.gz")]
    [InlineData("<a href=\"a-1.0.tar.gz\">one</a><a href=\"a-1.0.tar.gz\">again</a>", "a-1.0.tar.gz")]
    [InlineData("<a href=\"broken-1.0.tar.gz", "")]
    [InlineData("<a href=\"%00evil-1.0.tar.gz\">", "")]
    [InlineData("no page at all", "")]
    [InlineData("", "")]
    public void Last_parts_of_links_are_told(string page, string names) => Assert.Equal(names, string.Join(' ', LinkListing.Names(page)));
}
