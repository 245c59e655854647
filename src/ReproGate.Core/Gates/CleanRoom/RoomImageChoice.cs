using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>The image of the room, where no setting names one: Microsoft's SDK image of the operating system that production has.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Because">What it was chosen by; null for the default.</param>
public sealed record RoomImageChoice(string Image, ProductionBase? Because)
{
    private const string Repository = "mcr.microsoft.com/dotnet/";

    // What makes an image small or names a processor; the SDK's images exist without it.
    private static readonly string[] Dropped = ["chiseled", "distroless", "extra", "composite", "aot", "amd64", "arm64v8", "arm32v7", "arm32", "arm64"];

    /// <summary>Chooses.</summary>
    /// <param name="bases">What the repository says, in order of paths.</param>
    /// <param name="sdk">Major and minor version of the SDK, for example <c>10.0</c>.</param>
    public static RoomImageChoice Choose(IEnumerable<ProductionBase> bases, string sdk)
    {
        // The family that most programs have; of two as frequent ones the one that is said first.
        IGrouping<string, ProductionBase>? chosen = bases
            .Select(static stated => (Stated: stated, Family: FamilyOf(stated)))
            .Where(static stated => stated.Family is not null)
            .GroupBy(static stated => stated.Family!, static stated => stated.Stated, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count())
            .FirstOrDefault();
        return chosen is { Key.Length: > 0 }
            ? new RoomImageChoice($"{Repository}sdk:{sdk}-{chosen.Key}", chosen.First())
            : new RoomImageChoice($"{Repository}sdk:{sdk}", chosen?.First());
    }

    /// <summary>The operating system's part of a tag, for example <c>alpine3.22</c>; empty for the default one, null where it is none of Microsoft's images for .NET.</summary>
    internal static string? FamilyOf(ProductionBase stated)
    {
        if (stated.Image.Length == 0)
        {
            return Family(stated.Family.Split('-'));
        }

        string name = stated.Image.Split('@')[0];
        string rest = name.StartsWith(Repository, StringComparison.OrdinalIgnoreCase) ? name[Repository.Length..] : "";
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? rest : rest[..colon];
        if (kind is not ("aspnet" or "runtime" or "runtime-deps" or "sdk"))
        {
            return null;
        }

        // 10.0-alpine3.22-composite, 10.0.1-noble-chiseled-amd64, 10.0-preview-noble, latest.
        string[] parts = colon < 0 ? [] : rest[(colon + 1)..].Split('-');
        return Family([.. parts.Skip(1).Where(static part => !part.StartsWith("preview", StringComparison.Ordinal) && !part.StartsWith("rc", StringComparison.Ordinal))]);
    }

    private static string? Family(string[] parts)
    {
        ImmutableArray<string> kept = [.. parts.Select(static part => part.Trim().ToLowerInvariant()).Where(static part => part.Length > 0 && !Dropped.Contains(part, StringComparer.Ordinal))];
        // A property or an argument that nobody resolved is no family.
        return kept.All(static part => part.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '.')) ? string.Join('-', kept) : null;
    }
}
