using ReproGate.Facts;

namespace ReproGate.Core.Tests.Sources;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("https://api.nuget.org/v3/index.json", "https://api.nuget.org/v3/index.json")]
    [InlineData("https://user:p@ss@host/v3/index.json", "https://***@host/v3/index.json")]
    [InlineData("https://token@host", "https://***@host")]
    [InlineData("https://host/v3/index.json?sig=secret", "https://host/v3/index.json?***")]
    [InlineData("https://host/v3#secret", "https://host/v3#***")]
    [InlineData("https://host/F/feed/auth/0a1b-2c3d/api/v3", "https://host/F/feed/auth/***/api/v3")]
    [InlineData("https://host/a@b/index.json", "https://host/a@b/index.json")]
    [InlineData("/home/me/feed", "/home/me/feed")]
    [InlineData("https://", "https://")]
    [InlineData("://@", "://***@")]
    public void Secrets_of_an_address_are_not_printed(string value, string expected) => Assert.Equal(expected, Redaction.Url(value));

    [Fact]
    public void A_source_never_prints_its_secret()
    {
        var source = new PackageSourceFact("mine", "https://user:secret@host/v3", new SourceLocation("/x"), SettingsLevel.User) { RawValue = "https://user:secret@host/v3" };
        Assert.DoesNotContain("secret", source.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", source.Display, StringComparison.Ordinal);
    }
}
