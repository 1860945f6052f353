// Boards need no OpenSSL: what of .NET wants it ends a program at its first use, on boards alone.

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Imagecraft.Runtime.Tests;

public class OpensslTests
{
    [Fact]
    public void The_program_for_boards_uses_nothing_that_needs_OpenSSL()
    {
        using var stream = File.OpenRead(Infer.Program);
        using var image = new PEReader(stream);
        var reader = image.GetMetadataReader();
        var used = reader.TypeReferences.Select(handle => reader.GetTypeReference(handle)).Select(type => $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}");
        Assert.DoesNotContain(used, name => name.StartsWith("System.Security.Cryptography.", StringComparison.Ordinal) || name.StartsWith("System.Net.Security.", StringComparison.Ordinal) || name.StartsWith("System.Net.Http.", StringComparison.Ordinal));
    }
}
