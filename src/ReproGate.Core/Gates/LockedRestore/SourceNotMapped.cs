using System.Collections.Immutable;
using System.Security;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1010 before restore: several sources and nothing that says which one a package comes from, or a package no pattern maps.</summary>
public static class SourceNotMapped
{
    /// <summary>Judges the effective configuration of one directory: more than one source needs a mapping.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="origins">Source URLs that cached packages were taken from, by package id, to propose a mapping; may be empty.</param>
    public static IEnumerable<Finding> Check(NuGetSettingsFacts settings, IReadOnlyDictionary<string, string> origins)
    {
        ImmutableArray<PackageSourceFact> sources = Distinct(settings);
        // A mapping made from other sources than the repository's own would stand in a second file, which hides the one that is to be renamed (RGATE1009).
        if (sources.Length < 2 || settings.Mapping.IsEnabled || settings.HasUnreadFile)
        {
            yield break;
        }

        // Where the repository has a file of its own, that is the one to change.
        PackageSourceFact at = sources.FirstOrDefault(static source => source.Level == SettingsLevel.Repository) ?? sources[0];
        SettingsFileFact? file = settings.Files.FirstOrDefault(file => file.Path == at.Origin.File);
        SourceLocation location = file?.Section("packageSources") is { } section ? new SourceLocation(file.Path, section.Line, section.Column) : at.Origin;
        (string Source, string[] Patterns)[] proposal = [.. Proposal(sources, origins)];
        string target = settings.NearestRepositoryFile?.Path ?? Path.Combine(settings.RepositoryRoot, "NuGet.config");
        yield return new Finding(
            RuleCatalog.SourceNotMapped,
            location,
            $"{sources.Length} package sources are in effect ({string.Join(", ", sources.Select(static source => $"'{source.Name}'"))}), and no package source mapping says which one a package comes from.",
            "Whichever source answers first wins, so whoever can publish an id on one of them can replace a package of another.",
            $"Add to {target}: {PasteReady(proposal)}")
        {
            Subject = "packageSourceMapping",
            Edits = target == location.File ? Edit(location, proposal) : [],
        };
    }

    /// <summary>Judges one project's packages against a mapping: each id needs a pattern of a source that is enabled.</summary>
    /// <param name="project">The project.</param>
    /// <param name="ids">Ids of the packages that are declared and locked.</param>
    /// <param name="entries">The mapping: source key and pattern of each entry, and the place of the element that has the key.</param>
    /// <param name="enabledSources">Keys of the enabled sources.</param>
    /// <param name="place">Where a pattern is added; null where the repository has no configuration file, and then the project is named.</param>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, IEnumerable<string> ids, IReadOnlyCollection<(string Source, string Pattern, SourceLocation At)> entries, IReadOnlyCollection<string> enabledSources, SourceLocation? place)
    {
        var mapping = new SourceMapping(entries.Select(static entry => (entry.Source, entry.Pattern)));
        if (!mapping.IsEnabled)
        {
            yield break;
        }

        foreach (string id in ids.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase))
        {
            IReadOnlyList<string> sources = mapping.SourcesFor(id);
            if (sources.Any(source => enabledSources.Contains(source, StringComparer.OrdinalIgnoreCase)))
            {
                continue;
            }

            string name = Path.GetFileName(project.ProjectPath);
            string source = enabledSources.FirstOrDefault() ?? "nuget.org";
            yield return sources.Count == 0
                ? new Finding(
                    RuleCatalog.SourceNotMapped,
                    place ?? new SourceLocation(project.ProjectPath),
                    $"No pattern of the package source mapping maps {id}, which {name} uses.",
                    "It restores only where the package is already cached; a clean machine fails with NU1100.",
                    $"Add <package pattern=\"{id}\" /> to the <packageSource> it comes from, for example: <packageSource key=\"{source}\"><package pattern=\"{id}\" /></packageSource>")
                {
                    Subject = id,
                }
                : new Finding(
                    RuleCatalog.SourceNotMapped,
                    entries.FirstOrDefault(entry => sources.Contains(entry.Source, StringComparer.OrdinalIgnoreCase) && entry.At.File.Length > 0).At ?? place ?? new SourceLocation(project.ProjectPath),
                    $"The package source mapping maps {id}, which {name} uses, to {string.Join(", ", sources.Select(static key => $"'{key}'"))}, and no enabled source has that name.",
                    "It restores only where the package is already cached; a clean machine fails with NU1100.",
                    $"Correct the key of that <packageSource> to one of the sources: {string.Join(", ", enabledSources.Select(static key => $"'{key}'"))}.")
                {
                    Subject = id,
                };
        }
    }

    private static ImmutableArray<PackageSourceFact> Distinct(NuGetSettingsFacts settings)
    {
        var sources = new List<PackageSourceFact>();
        foreach (PackageSourceFact source in settings.EnabledSources)
        {
            if (!sources.Any(known => ConfigurationFromOutside.SameSource(known.Value, source.Value)))
            {
                sources.Add(source);
            }
        }

        return [.. sources];
    }

    /// <summary>
    /// A mapping to paste: nuget.org, or else the first source, serves what no other source is known for; each other source serves
    /// the packages that were taken from it, or ids that begin with its name where none is known.
    /// </summary>
    private static IEnumerable<(string Source, string[] Patterns)> Proposal(ImmutableArray<PackageSourceFact> sources, IReadOnlyDictionary<string, string> origins)
    {
        PackageSourceFact fallback = sources.FirstOrDefault(static source => source.Value.Contains("api.nuget.org", StringComparison.OrdinalIgnoreCase)) ?? sources[0];
        return sources.Select(source =>
        {
            IEnumerable<string> ids = origins.Where(origin => ConfigurationFromOutside.SameSource(origin.Value, source.Value)).Select(static origin => origin.Key).Order(StringComparer.OrdinalIgnoreCase);
            return (source.Name, ReferenceEquals(source, fallback) ? ["*"] : ids.DefaultIfEmpty(source.Name + ".*").ToArray());
        });
    }

    private static string PasteReady(IEnumerable<(string Source, string[] Patterns)> proposal) =>
        $"<packageSourceMapping><clear />{string.Concat(proposal.Select(static entry => $"<packageSource key=\"{Escaped(entry.Source)}\">{string.Concat(entry.Patterns.Select(Pattern))}</packageSource>"))}</packageSourceMapping>";

    /// <summary>The same as an edit before <c>packageSources</c>; none where a source is not known for anything, because a guess would keep its packages from being restored.</summary>
    private static ImmutableArray<TextEdit> Edit(SourceLocation at, IReadOnlyCollection<(string Source, string[] Patterns)> proposal)
    {
        if (at.Line == 0 || at.Column == 0 || proposal.Any(static entry => entry.Patterns is [var only] && only == entry.Source + ".*"))
        {
            return [];
        }

        string indent = new(' ', at.Column - 1);
        IEnumerable<string> lines =
        [
            "<packageSourceMapping>",
            "  <clear />",
            .. proposal.SelectMany(static entry => (string[])[$"  <packageSource key=\"{Escaped(entry.Source)}\">", .. entry.Patterns.Select(static pattern => "    " + Pattern(pattern)), "  </packageSource>"]),
            "</packageSourceMapping>",
            "",
        ];
        return [new TextEdit(at.File, at.Line, at.Column, at.Line, at.Column, string.Join("\n" + indent, lines))];
    }

    private static string Pattern(string id) => $"<package pattern=\"{Escaped(id)}\" />";

    // People name a source as they like: "Tools & Co".
    private static string Escaped(string name) => SecurityElement.Escape(name)!;
}
