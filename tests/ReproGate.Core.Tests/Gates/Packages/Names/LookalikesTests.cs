using ReproGate.Gates.Packages.Names;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

public sealed class LookalikesTests
{
    [Theory]
    [InlineData("Newt\u043Ensoft.Json", "Newtonsoft.Json")]
    [InlineData("Serilog\uFE0F", "Serilog")]
    [InlineData("M0q", "Moq")]
    [InlineData("Serllog", "SerIlog")]
    public void Characters_that_look_the_same_are_homoglyphs(string id, string resembled)
    {
        Lookalike found = Lookalikes.Find(id, KnownNames.None with { Declared = ["SerIlog"] })!;

        Assert.Equal((LookalikeKind.Homoglyph, resembled), (found.Kind, found.Resembles));
    }

    [Theory]
    [InlineData("Newtonsoft.Jsom", "Newtonsoft.Json")]
    [InlineData("NewtonsoftJson", "Newtonsoft.Json")]
    [InlineData("Json.Newtonsoft", "Newtonsoft.Json")]
    public void A_close_name_is_found(string id, string resembled)
    {
        Lookalike found = Lookalikes.Find(id, KnownNames.None)!;

        Assert.Equal((LookalikeKind.CloseName, resembled), (found.Kind, found.Resembles));
    }

    [Theory]
    [InlineData("Newtonsoft.Json")]
    [InlineData("newtonsoft.json")]
    [InlineData("Polly.Core")]
    [InlineData("Serilog.Sinks.Anything")]
    [InlineData("Acme.Json")]
    [InlineData("")]
    public void Honest_ids_are_left_alone(string id) => Assert.Null(Lookalikes.Find(id, KnownNames.None));
}
