using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages.Names;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2104: a new package whose name may be taken for a well-known one or one of the repository's own.</summary>
public static class LookalikePackage
{
    /// <summary>Judges new packages; another version of a known package, and one that does not exist, are no impostors.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="known">The ids to trust, without those that are judged.</param>
    /// <param name="policy">The clock, and the sources that are one's own.</param>
    /// <param name="ask">Who owns a package and the one it resembles; asked only where a name is close.</param>
    public static IEnumerable<Finding> Check(IEnumerable<LookedUpPackage> packages, KnownNames known, CooldownPolicy policy, Func<string, string, Resemblance> ask)
    {
        foreach ((NewPackage package, PackageLookUp look) in packages)
        {
            if (!package.IsIdNew || look.IdAnswer == FeedAnswer.Absent || policy.Allowed.AllowsLookalike(package.Id, policy.Now) || Lookalikes.Find(package.Id, known) is not { } lookalike)
            {
                continue;
            }

            bool homoglyph = lookalike.Kind == LookalikeKind.Homoglyph;
            // On one's own feed nobody else publishes: few versions and other owners are the rule there.
            bool own = look.Metadata is { } metadata && policy.ExemptSources.Contains(metadata.Source, StringComparer.OrdinalIgnoreCase);
            ImmutableArray<string> signals = homoglyph || own || look.Metadata is null ? [] : ask(package.Id, lookalike.Resembles).Signals(look.Metadata, lookalike.Resembles, policy.Now);
            bool certain = homoglyph || !signals.IsEmpty;
            yield return new Finding(
                RuleCatalog.LookalikePackage,
                package.Location,
                $"The new {Words.Of(package.Kind)} {package.Id} may be taken for {lookalike.Resembles}: {lookalike.How}{(signals.IsEmpty ? "" : $"; {string.Join("; ", signals)}")}.",
                "Packages of such names are published to be installed by mistake, and run their code wherever they are restored.",
                certain
                    ? $"If {lookalike.Resembles} is meant, write that. If you have made sure that {package.Id} is meant, say so where a reviewer sees it: add {{ \"lookalike\": \"{Written(package.Id)}\", \"reason\": \"…\" }} to reprogate.allow.json."
                    : $"If {lookalike.Resembles} is meant, write that. Once {package.Id} is committed, this is not told again.")
            {
                DefaultSeverity = certain ? Severity.Error : Severity.Warning,
                Subject = package.Id,
                Edits = package.RenameTo(lookalike.Resembles),
            };
        }
    }

    /// <summary>An id as JSON of ASCII letters: a letter of another alphabet then cannot pass for the one it looks like.</summary>
    private static string Written(string id) => string.Concat(id.Select(static letter => letter < 128 ? letter.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}")));
}
