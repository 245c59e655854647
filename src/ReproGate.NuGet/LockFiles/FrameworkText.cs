using NuGet.Frameworks;
using ReproGate.Facts;

namespace ReproGate.NuGet.LockFiles;

/// <summary>Target frameworks by NuGet's own rules, for the cases <see cref="FrameworkNames"/> cannot decide from the text alone.</summary>
public static class FrameworkText
{
    /// <summary>The canonical form of any framework NuGet knows, short names such as <c>net472</c> included; null where it is none.</summary>
    public static string? Canonical(string text)
    {
        NuGetFramework framework;
        try
        {
            framework = NuGetFramework.Parse(text);
        }
        catch (ArgumentException)
        {
            return null;
        }

        return framework.IsSpecificFramework ? Canonical(framework) : null;
    }

    /// <summary>The framework of a referenced project that NuGet chooses for a framework of the project that references it; null where none fits.</summary>
    /// <param name="framework">The consumer's framework, canonical.</param>
    /// <param name="candidates">The referenced project's frameworks, canonical.</param>
    /// <param name="fallbacks">The consumer's AssetTargetFallback frameworks as written.</param>
    public static string? Nearest(string framework, IReadOnlyCollection<string> candidates, IEnumerable<string> fallbacks)
    {
        if (candidates.Contains(framework, StringComparer.OrdinalIgnoreCase))
        {
            return framework;
        }

        if (candidates.Count == 0)
        {
            return null;
        }

        Dictionary<NuGetFramework, string> parsed = [];
        foreach (string candidate in candidates)
        {
            parsed.TryAdd(Parse(candidate), candidate);
        }

        var reducer = new FrameworkReducer();
        NuGetFramework? nearest = reducer.GetNearest(Parse(framework), parsed.Keys);
        foreach (string fallback in fallbacks)
        {
            nearest ??= reducer.GetNearest(NuGetFramework.Parse(fallback), parsed.Keys);
        }

        return nearest is null ? null : parsed[nearest];
    }

    private static NuGetFramework Parse(string canonical) =>
        canonical.IndexOf(';', StringComparison.Ordinal) is var at and >= 0 ? NuGetFramework.Parse(FrameworkNames.Display(canonical)) : NuGetFramework.Parse(canonical);

    private static string Canonical(NuGetFramework framework) => FrameworkNames.Canonical(framework.ToString()) ?? framework.DotNetFrameworkName;
}
