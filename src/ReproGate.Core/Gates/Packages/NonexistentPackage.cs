using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2101: a package id that none of the sources that may serve it has.</summary>
public static class NonexistentPackage
{
    private const int Most = 3;

    /// <summary>An id that exists and may be the one that was meant.</summary>
    /// <param name="Id">The id.</param>
    /// <param name="Reason">Why it is proposed.</param>
    /// <param name="IsTool">Whether it is a .NET tool; null where that is not known.</param>
    public sealed record Suggestion(string Id, string Reason, bool? IsTool = null);

    /// <summary>Judges new packages.</summary>
    /// <param name="packages">The packages with every source's answer.</param>
    /// <param name="suggestions">Ids that exist and resemble a given one, the likeliest first; asked only for what does not exist.</param>
    public static IEnumerable<Finding> Check(IEnumerable<LookedUpPackage> packages, Func<NewPackage, IReadOnlyList<Suggestion>> suggestions)
    {
        foreach ((NewPackage package, PackageLookUp look) in packages)
        {
            if (look.IdAnswer != FeedAnswer.Absent)
            {
                continue;
            }

            IReadOnlyList<Suggestion> near = [.. Fitting(package.Kind, suggestions(package)).Take(Most)];
            string sources = string.Join(" nor ", look.Verdicts.Select(static verdict => verdict.Source));
            yield return new Finding(
                RuleCatalog.NonexistentPackage,
                package.Location,
                look.Verdicts.Length == 1 ? $"The {Words.Of(package.Kind)} {Words.Printable(package.Id)} does not exist: the source {sources} does not have it." : $"The {Words.Of(package.Kind)} {Words.Printable(package.Id)} does not exist: neither {sources} has it.",
                "No machine can restore it, and whoever publishes the name first decides what your build runs.",
                near.Count == 0
                    ? "Correct the id, or add the source that has it to NuGet.config; if you do not know where the id comes from, remove it."
                    : $"Did you mean {string.Join(", or ", near.Select(static candidate => $"{candidate.Id} ({candidate.Reason})"))}? {(package.Siblings.Contains(near[0].Id) ? $"{near[0].Id} is declared beside it already: remove {Words.Printable(package.Id)}, or correct the id." : "Correct the id, or remove it.")}")
            {
                Subject = package.Id,
                // A manifest that names a library fails as one that names nothing does, so what may be one a person has to look at.
                Edits = near.Count > 0 && (package.Kind != PackageDeclarationKind.Tool || near[0].IsTool == true) ? package.RenameTo(near[0].Id) : [],
            };
        }
    }

    /// <summary>What can stand in its place: a tool where a tool is declared, those that are known to be one first, and else none that is known to be one.</summary>
    /// <param name="kind">As what the id that does not exist is declared.</param>
    /// <param name="near">Candidates, the likeliest first.</param>
    public static IEnumerable<Suggestion> Fitting(PackageDeclarationKind kind, IEnumerable<Suggestion> near) => kind == PackageDeclarationKind.Tool
        ? near.Where(static candidate => candidate.IsTool != false).OrderByDescending(static candidate => candidate.IsTool == true)
        : near.Where(static candidate => candidate.IsTool != true);
}
