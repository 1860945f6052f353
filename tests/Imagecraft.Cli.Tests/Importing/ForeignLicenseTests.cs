// Licenses of foreign recipes as SPDX expressions.

using Imagecraft.Cli.Importing;

namespace Imagecraft.Cli.Tests.Importing;

public sealed class ForeignLicenseTests
{
    [Theory]
    [InlineData("MIT", "MIT")]
    [InlineData("GPLv2+", "GPL-2.0-or-later")]
    [InlineData("GPL-2.0-only & LGPL-2.1-or-later", "GPL-2.0-only AND LGPL-2.1-or-later")]
    [InlineData("MIT & (BSD-3-Clause | Zlib)", "MIT AND (BSD-3-Clause OR Zlib)")]
    [InlineData("MIT & Zlib | ISC", "MIT AND Zlib OR ISC")]
    [InlineData("(MIT | Zlib)", "(MIT OR Zlib)")]
    [InlineData("BSD-2-Clause OR GPL-3.0-or-later", "BSD-2-Clause OR GPL-3.0-or-later")]
    [InlineData("GPL-3.0-or-later WITH GCC-exception-3.1 & PD", "GPL-3.0-or-later WITH GCC-exception-3.1 AND LicenseRef-Public-Domain")]
    [InlineData("CLOSED", "LicenseRef-Proprietary")]
    [InlineData("MIT & MIT", "MIT")]
    public void Yoctos_are_translated(string text, string expected)
    {
        var (license, unknown) = ForeignLicense.OfYocto(text);
        Assert.Equal(expected, license);
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("GPL-2.0", "GPL-2.0-only")]
    [InlineData("GPL-2.0+ (programs), LGPL-2.1+ (library)", "GPL-2.0-or-later AND LGPL-2.1-or-later")]
    [InlineData("Apache-2.0 or MIT", "Apache-2.0 OR MIT")]
    [InlineData("MIT, Apache-2.0 or BSD-3-Clause (doc, examples)", "MIT AND (Apache-2.0 OR BSD-3-Clause)")]
    [InlineData("(GPL-2.0 or BSD-2-Clause), Public Domain", "(GPL-2.0-only OR BSD-2-Clause) AND LicenseRef-Public-Domain")]
    [InlineData("MIT and Zlib", "MIT AND Zlib")]
    public void Buildroots_are_translated(string text, string expected)
    {
        var (license, unknown) = ForeignLicense.OfBuildroot(text);
        Assert.Equal(expected, license);
        Assert.Empty(unknown);
    }

    [Fact]
    public void Names_that_nobody_knows_are_told_and_kept()
    {
        var (license, unknown) = ForeignLicense.OfBuildroot("Our Own License v1, MIT");
        Assert.Equal("LicenseRef-Our-Own-License-v1 AND MIT", license);
        Assert.Equal(["Our Own License v1"], unknown);
        Assert.Equal(["GPL-2.0+ with OpenSSL exception"], ForeignLicense.OfBuildroot("GPL-2.0+ with OpenSSL exception").Unknown);
        Assert.Equal("GPL-2.0-or-later", ForeignLicense.OfBuildroot("GPL-2.0+ with OpenSSL exception").Expression);
    }

    [Theory]
    [InlineData("MIT &")]
    [InlineData("(MIT")]
    [InlineData("MIT Zlib")]
    [InlineData("")]
    public void What_is_no_expression_gives_none(string text) => Assert.Null(ForeignLicense.OfYocto(text).Expression);
}
