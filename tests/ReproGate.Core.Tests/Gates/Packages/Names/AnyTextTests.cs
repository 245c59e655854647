using CsCheck;
using ReproGate.Gates.Packages.Names;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

/// <summary>Whatever text stands where an id should: no exception, no hang, and nothing suggested that is no id.</summary>
public sealed class AnyTextTests
{
    private static readonly Gen<string> Ids = Gen.Int[0, 299].Select(static index => WellKnownPackages.All[index].Id);

    private static readonly Gen<char> Units = Gen.OneOf(
        Gen.Char,
        Gen.Char['\0', '\x1f'],
        Gen.Char['\ud800', '\udfff'],
        Gen.Char['\u0300', '\u0500'],
        Gen.Int[0, 8].Select(static index => ".-_\uFE0F\u200DIl1m"[index]),
        Gen.Char['a', 'z']);

    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Gen.String[Units, 0, 40]),
        (1, Gen.String[Units, 90, 500]),
        (6, Gen.Select(Ids, Gen.Int[0, 30], Units, static (id, at, unit) => at < id.Length ? id[..at] + unit + id[(at + 1)..] : id + unit)),
        (3, Gen.Select(Ids, Ids, static (left, right) => $"{left}.{right}")));

    [Fact]
    public void No_text_breaks_the_search_for_lookalikes() => Texts.Sample(
        static text => Lookalikes.Find(text, new KnownNames([text, "Acme.Logging", text + "x"], ["Contoso.Mail"], [])) is not { } found
            || found.Id == text && !found.Resembles.Equals(text, StringComparison.OrdinalIgnoreCase) && found.How.Length > 0,
        iter: 100_000);

    [Fact]
    public void No_text_breaks_suggestions() => Texts.Sample(
        static text => NameSuggestions.FromKnown(text, new KnownNames([text + "s", "Acme.Logging"], [text], [text])).All(candidate => candidate.Id.Length > 0 && candidate.Score is > 0 and <= 1)
            && NameSuggestions.Probes(text).All(static probe => probe.Length is > 0 and <= 100 && !probe.Any(char.IsControl)),
        iter: 3_000);

    [Theory]
    [InlineData('a')]
    [InlineData('.')]
    [InlineData('\u0300')]
    [InlineData('\uFE0F')]
    [InlineData('\ud800')]
    public void Ten_thousand_characters_are_no_id(char unit)
    {
        string text = new(unit, 10_000);

        Assert.Null(Lookalikes.Find(text, KnownNames.None with { Declared = [text + "b"] }));
        Assert.Empty(NameSuggestions.FromKnown(text, KnownNames.None with { Declared = [text + "b"] }));
        Assert.Empty(NameSuggestions.Probes(text));
    }
}
