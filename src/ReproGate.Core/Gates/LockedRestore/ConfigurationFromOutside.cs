using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1009: what decides where packages come from lies outside the repository, on this machine only.
/// Credentials, API keys, certificates, trusted signers, proxies and the place of the package folder may lie there and are never accused.
/// </summary>
public static partial class ConfigurationFromOutside
{
    // Of the config section only this changes whether a restore succeeds; the rest moves folders, limits requests or serves other commands.
    private static readonly ImmutableHashSet<string> DecidingValues = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "signatureValidationMode");

    private static readonly StringComparison PathComparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Judges the effective configuration of one directory.</summary>
    public static IEnumerable<Finding> Check(NuGetSettingsFacts settings)
    {
        foreach (Finding finding in CheckNames(settings))
        {
            yield return finding;
        }

        // What comes from outside in its place is no fault of its own, and a second file would not mend it.
        if (settings.HasUnreadFile)
        {
            yield break;
        }

        ImmutableArray<PackageSourceFact> own = [.. settings.Sources.Where(static source => source.Level == SettingsLevel.Repository)];

        // A source that says what one of the repository's own says changes nothing: same address, another or the same name.
        IEnumerable<PackageSourceFact> foreign = settings.EnabledSources.Where(source =>
            source.Level != SettingsLevel.Repository && !own.Any(mine => mine.Enabled && SameSource(mine.Value, source.Value)));
        foreach (IGrouping<string, PackageSourceFact> file in foreign.GroupBy(static source => source.Origin.File, StringComparer.Ordinal))
        {
            PackageSourceFact first = file.MinBy(static source => source.Origin.Line)!;
            yield return Outside(
                settings,
                "packageSources",
                first.Origin,
                $"{(file.Count() == 1 ? "The package source" : "The package sources")} {List(file.Select(static source => $"'{source.Name}' ({source.Display})"))} {(file.Count() == 1 ? "comes" : "come")} from {Describe(first.Level)}, {first.Origin.File}.",
                "Another machine has other sources there, so it restores other packages or none.");
        }

        // Sources keep out of it: a disabled source of the user's own file hurts nobody.
        foreach (PackageSourceFact source in own.Where(static source => source.DisabledBy is { Level: not SettingsLevel.Repository }))
        {
            SettingsValueFact disabled = source.DisabledBy!;
            yield return Outside(
                settings,
                "disabledPackageSources",
                disabled.Origin,
                $"The repository's package source '{source.Name}' is disabled by {Describe(disabled.Level)}, {disabled.Origin.File}.",
                "Another machine asks that source, so it restores other packages.");
        }

        foreach (IGrouping<string, SourceMappingFact> file in settings.Mappings.Where(static entry => entry.Level != SettingsLevel.Repository).GroupBy(static entry => entry.Origin.File, StringComparer.Ordinal))
        {
            SourceMappingFact first = file.MinBy(static entry => entry.Origin.Line)!;
            yield return Outside(
                settings,
                "packageSourceMapping",
                first.Origin,
                $"The package source mapping {List(file.Select(static entry => $"'{entry.Pattern}' to '{entry.SourceKey}'"))} comes from {Describe(first.Level)}, {first.Origin.File}.",
                "Another machine may take the same package from another source.");
        }

        foreach (IGrouping<string, SettingsValueFact> file in settings.FallbackFolders.Where(static folder => folder.Level != SettingsLevel.Repository).GroupBy(static folder => folder.Origin.File, StringComparer.Ordinal))
        {
            SettingsValueFact first = file.MinBy(static folder => folder.Origin.Line)!;
            yield return Outside(
                settings,
                "fallbackPackageFolders",
                first.Origin,
                $"The fallback package {(file.Count() == 1 ? "folder" : "folders")} {List(file.Select(static folder => $"'{folder.Value}'"))} {(file.Count() == 1 ? "comes" : "come")} from {Describe(first.Level)}, {first.Origin.File}.",
                "Packages are taken from that folder unverified, and another machine does not have it.");
        }

        foreach (SettingsValueFact value in settings.Values.Where(static value => value.Level != SettingsLevel.Repository && DecidingValues.Contains(value.Key)))
        {
            yield return Outside(
                settings,
                "config",
                value.Origin,
                $"The NuGet setting {value.Key}={value.Value} comes from {Describe(value.Level)}, {value.Origin.File}.",
                "It decides whether restore accepts a package, and another machine does not have it.");
        }

        foreach (Finding finding in OwnEntries(settings))
        {
            yield return finding;
        }
    }

    /// <summary>Judges the names of the repository's configuration files alone, before anything is made of what they say.</summary>
    public static IEnumerable<Finding> CheckNames(NuGetSettingsFacts settings) => settings.MisspelledFiles.Select(path => Misspelled(settings, path));

    /// <summary>Judges the restore properties of one project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="properties">Name and evaluated value of RestoreSources, RestoreAdditionalProjectSources, RestoreFallbackFolders, RestoreAdditionalProjectFallbackFolders and RestoreConfigFile.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="allowedRoots">Absolute paths of folders that come with the .NET SDK itself.</param>
    /// <param name="files">The repository's files of the evaluation.</param>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, IEnumerable<(string Name, string Value)> properties, string repositoryRoot, IReadOnlyList<string> allowedRoots, RepositoryFiles files)
    {
        string directory = Path.GetDirectoryName(project.ProjectPath)!;
        foreach ((string name, string value) in properties)
        {
            ImmutableArray<string> entries = [.. value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static entry => !entry.Equals("clear", StringComparison.OrdinalIgnoreCase))];
            ImmutableArray<ProjectElement> setters = [.. files.Properties(name)];
            foreach (string entry in entries)
            {
                if (!IsLocal(entry))
                {
                    continue;
                }

                string path = ToPath(entry, directory);
                if (IsBelow(path, repositoryRoot) || allowedRoots.Any(allowed => IsBelow(path, allowed)))
                {
                    continue;
                }

                // The SDK's and NuGet's own targets set some of these too; a value no file of ours mentions and that is unset by us is the SDK's or the caller's.
                ProjectElement? setter = setters.LastOrDefault(element => element.Text.Length > 0);
                yield return new Finding(
                    RuleCatalog.ConfigurationFromOutside,
                    setter?.Location ?? new SourceLocation(project.ProjectPath),
                    $"{name} of {Path.GetFileName(project.ProjectPath)} names {path}, which is outside the repository{(setter is null ? "; it is set on the command line, by an environment variable or by an imported file outside the repository" : "")}.",
                    "Another machine does not have that path, or has something else there.",
                    name == "RestoreConfigFile"
                        ? "Put the configuration into a NuGet.config of the repository, and remove the property."
                        : $"Move the folder into the repository or publish its packages to a feed, name that in the repository's NuGet.config, and remove the path from {name}.")
                {
                    Subject = name,
                };
            }
        }
    }

    /// <summary>A NuGet.config that states everything the repository needs, on one line.</summary>
    public static string PasteReady(NuGetSettingsFacts settings)
    {
        IEnumerable<string> sources = settings.EnabledSources
            .Where(source => !source.IsLocal || IsBelow(source.Value, settings.RepositoryRoot))
            .DistinctBy(static source => source.Display, StringComparer.OrdinalIgnoreCase)
            .Select(source => SourceElement(source, settings.RepositoryRoot));
        return $"<configuration><packageSources><clear />{string.Concat(sources)}</packageSources><disabledPackageSources><clear /></disabledPackageSources><fallbackPackageFolders><clear /></fallbackPackageFolders></configuration>";
    }

    private static IEnumerable<Finding> OwnEntries(NuGetSettingsFacts settings)
    {
        IEnumerable<(string What, string Name, string Value, string Raw, SourceLocation Origin)> entries =
        [
            .. settings.EnabledSources.Where(static source => source.Level == SettingsLevel.Repository).Select(static source => ("package source", source.Name, source.Value, source.RawValue, source.Origin)),
            .. settings.FallbackFolders.Where(static folder => folder.Level == SettingsLevel.Repository).Select(static folder => ("fallback package folder", folder.Key, folder.Value, folder.RawValue, folder.Origin)),
        ];
        foreach ((string what, string name, string value, string raw, SourceLocation origin) in entries)
        {
            if (EnvironmentVariable(raw) is { } variable)
            {
                yield return new Finding(
                    RuleCatalog.ConfigurationFromOutside,
                    origin,
                    $"The {what} '{name}' is taken from the environment variable {variable}.",
                    "Where the variable is missing or different, restore asks another place.",
                    "Write the address itself; only credentials belong into variables.")
                {
                    Subject = name,
                };
            }
            else if (IsLocal(value) && !IsBelow(value, settings.RepositoryRoot))
            {
                yield return new Finding(
                    RuleCatalog.ConfigurationFromOutside,
                    origin,
                    $"The {what} '{name}' is {value}, a folder outside the repository.",
                    "Another machine does not have that folder, or has other packages in it.",
                    $"Move the folder into the repository and name it relative to {Path.GetFileName(origin.File)}, or publish its packages to a feed and name the feed's URL.")
                {
                    Subject = name,
                };
            }
            else if (IsLocal(value) && IsRooted(raw))
            {
                string relative = Path.GetRelativePath(Path.GetDirectoryName(origin.File)!, value).Replace('\\', '/');
                yield return new Finding(
                    RuleCatalog.ConfigurationFromOutside,
                    origin,
                    $"The {what} '{name}' names a folder of the repository by its absolute path, {raw}.",
                    "The repository lies somewhere else on every other machine.",
                    $"Write it relative to the file: \"{relative}\".")
                {
                    Subject = name,
                };
            }
        }
    }

    private static Finding Misspelled(NuGetSettingsFacts settings, string path)
    {
        string relative = Path.GetRelativePath(settings.RepositoryRoot, path).Replace('\\', '/');
        string folder = relative[..(relative.LastIndexOf('/') + 1)];
        string command = $"git mv \"{relative}\" \"{folder}NuGet.config\"";
        return new Finding(
            RuleCatalog.ConfigurationFromOutside,
            new SourceLocation(path, 1, 1),
            $"NuGet does not read {relative} where file names are case-sensitive, as on Linux: there it knows nuget.config, NuGet.config and NuGet.Config only.",
            "A restore on Windows or macOS takes the sources of this file, one on Linux those of the user's own configuration, and nobody is told.",
            $"Rename it: {command}")
        {
            Subject = relative,
            Command = command,
        };
    }

    private static Finding Outside(NuGetSettingsFacts settings, string section, SourceLocation at, string what, string why)
    {
        SettingsFileFact? file = settings.NearestRepositoryFile;
        string target = file?.Path ?? Path.Combine(settings.RepositoryRoot, "NuGet.config");
        string fix;
        ImmutableArray<TextEdit> edits = [];
        if (Path.GetFileName(at.File).Equals("NuGetDefaults.Config", StringComparison.OrdinalIgnoreCase))
        {
            fix = $"No <clear /> removes what NuGetDefaults.Config adds: name the same source with the same key in {target}, or remove it from {at.File}.";
        }
        else if (settings.Files.Where(static candidate => candidate.Level == SettingsLevel.Repository).All(static candidate => candidate.Sections.IsEmpty))
        {
            fix = $"Write into {target}: {PasteReady(settings)}";
            if (file is null)
            {
                edits = [new TextEdit(target, 1, 1, 1, 1, PasteReady(settings) + "\n")];
            }
        }
        else
        {
            string added = section == "packageSources"
                ? string.Concat(settings.EnabledSources
                    .Where(source => source.Level != SettingsLevel.Repository && source.Origin.File == at.File && !source.IsLocal)
                    .Select(source => SourceElement(source, settings.RepositoryRoot)))
                : "";
            SettingsSectionFact? existing = file?.Section(section);
            fix = section == "config"
                ? $"State the value the repository needs in {target}, or remove it from {at.File}."
                : existing is not null
                    ? $"Put <clear /> first into <{section}> of {target}{(added.Length > 0 ? $", and add what the repository needs of these: {added}" : "")}"
                    : $"Add to {target}: <{section}><clear />{added}</{section}>";
        }

        return new Finding(RuleCatalog.ConfigurationFromOutside, at, what, why, fix)
        {
            Subject = section,
            Edits = edits,
        };
    }

    private static string SourceElement(PackageSourceFact source, string root)
    {
        string value = source.IsLocal && IsBelow(source.Value, root) ? Path.GetRelativePath(root, source.Value).Replace('\\', '/') : source.Display;
        string protocol = source.IsLocal ? "" : $" protocolVersion=\"{(source.ProtocolVersion.Length > 0 ? source.ProtocolVersion : "3")}\"";
        return $"<add key=\"{Escape(source.Name)}\" value=\"{Escape(value)}\"{protocol} />";
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Describe(SettingsLevel level) => level switch
    {
        SettingsLevel.Parent => "a folder above the repository",
        SettingsLevel.User => "the user's own NuGet configuration",
        _ => "the machine's NuGet configuration",
    };

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct()];
        return all.Length <= 5 ? string.Join(", ", all) : string.Join(", ", all.Take(5)) + $" and {all.Length - 5} more";
    }

    /// <summary>Whether two addresses name the same source: a trailing slash and, for URLs, letter case do not count.</summary>
    internal static bool SameSource(string left, string right) => left.TrimEnd('/', '\\').Equals(right.TrimEnd('/', '\\'), StringComparison.OrdinalIgnoreCase);

    private static bool IsLocal(string value) => !value.Contains("://", StringComparison.Ordinal) || value.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    private static string ToPath(string value, string directory) =>
        Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) && uri.IsFile ? uri.LocalPath
        : value.Contains('\0') ? value
        : Path.GetFullPath(Path.Combine(directory, value.Replace('\\', Path.DirectorySeparatorChar)));

    // A drive letter is rooted on every host, whatever the host of this build thinks.
    private static bool IsRooted(string raw) => raw.StartsWith('/') || raw.StartsWith('\\') || raw.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || (raw.Length > 2 && char.IsAsciiLetter(raw[0]) && raw[1] == ':');

    private static bool IsBelow(string path, string root) => Territory.IsBelow(ToPath(path, root), Path.GetFullPath(root));

    /// <summary>The first variable that NuGet would expand in a value as written; percent-encoded bytes of a URL are none.</summary>
    private static string? EnvironmentVariable(string raw) =>
        Variable().Matches(raw).Select(static match => match.Groups["name"].Value).FirstOrDefault(static name => !(name.Length == 2 && name.All(char.IsAsciiHexDigit)));

    [GeneratedRegex(@"%(?<name>[A-Za-z_][A-Za-z0-9_()]*)%", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
