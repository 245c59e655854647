using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>
/// The effective NuGet configuration of one directory: what NuGet.Configuration's own reader merges from the repository's,
/// parent folders', the user's and the machine's files, each entry with the file and line that has the last word on it.
/// </summary>
public sealed record NuGetSettingsFacts
{
    /// <summary>Absolute path of the directory whose configuration this is.</summary>
    public required string Directory { get; init; }

    /// <summary>Absolute path of the repository's root.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>Every configuration file NuGet reads, nearest first.</summary>
    public ImmutableArray<SettingsFileFact> Files { get; init; } = [];

    /// <summary>
    /// Absolute paths of files of the repository, nearest first, whose names are a spelling of NuGet.config that NuGet reads only where file names are not case-sensitive:
    /// elsewhere they are not among <see cref="Files"/>.
    /// </summary>
    public ImmutableArray<string> MisspelledFiles { get; init; } = [];

    /// <summary>Whether one of these was not read here: what is in effect is then not what the repository says, and nothing can be proposed from it.</summary>
    public bool HasUnreadFile => MisspelledFiles.Any(path => !Files.Any(file => file.Path.Equals(path, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Package sources in NuGet's order, disabled ones included.</summary>
    public ImmutableArray<PackageSourceFact> Sources { get; init; } = [];

    /// <summary>Package source mapping: one entry per source and pattern.</summary>
    public ImmutableArray<SourceMappingFact> Mappings { get; init; } = [];

    /// <summary>Fallback package folders.</summary>
    public ImmutableArray<SettingsValueFact> FallbackFolders { get; init; } = [];

    /// <summary>Entries of the <c>config</c> section, values redacted where they may hold a secret.</summary>
    public ImmutableArray<SettingsValueFact> Values { get; init; } = [];

    /// <summary>Absolute path of the global packages folder; empty where it is unknown.</summary>
    public string GlobalPackagesFolder { get; init; } = "";

    /// <summary>The sources restore really asks.</summary>
    public IEnumerable<PackageSourceFact> EnabledSources => Sources.Where(static source => source.Enabled);

    /// <summary>The mapping, with NuGet's own rules for picking a source.</summary>
    public SourceMapping Mapping => new(Mappings.Select(static entry => (entry.SourceKey, entry.Pattern)));

    /// <summary>
    /// Where a pattern is added: the mapping in the repository's file that has one, else in its nearest file the mapping, the sources, or the file;
    /// null where the repository has no file.
    /// </summary>
    public SourceLocation? MappingPlace
    {
        get
        {
            string? path = Mappings.FirstOrDefault(static entry => entry.Level == SettingsLevel.Repository)?.Origin.File ?? NearestRepositoryFile?.Path;
            SettingsFileFact? file = Files.FirstOrDefault(file => file.Path == path);
            return path is null ? null
                : (file?.Section("packageSourceMapping") ?? file?.Section("packageSources")) is { } section ? new SourceLocation(path, section.Line, section.Column)
                : new SourceLocation(path, 1, 1);
        }
    }

    /// <summary>The nearest configuration file inside the repository, or null where it has none.</summary>
    public SettingsFileFact? NearestRepositoryFile => Files.FirstOrDefault(static file => file.Level == SettingsLevel.Repository);
}

/// <summary>Where a configuration file lies, seen from the repository.</summary>
public enum SettingsLevel
{
    /// <summary>Inside the repository: everyone who has the commit has it.</summary>
    Repository,

    /// <summary>In a folder above the repository's root.</summary>
    Parent,

    /// <summary>Among the user's own settings.</summary>
    User,

    /// <summary>Among the machine's settings, or anywhere else.</summary>
    Machine,
}

/// <summary>A configuration file NuGet reads.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Level">Where it lies.</param>
public sealed record SettingsFileFact(string Path, SettingsLevel Level)
{
    /// <summary>The sections the file opens, by name, with the position just after the start tag and whether it holds <c>&lt;clear /&gt;</c>.</summary>
    public ImmutableArray<SettingsSectionFact> Sections { get; init; } = [];

    /// <summary>Finds a section; null where the file has none of that name.</summary>
    public SettingsSectionFact? Section(string name) => Sections.FirstOrDefault(section => section.Name == name);
}

/// <summary>A section of one configuration file.</summary>
/// <param name="Name">Element name, for example <c>packageSources</c>.</param>
/// <param name="Line">One-based line of its start tag.</param>
/// <param name="Column">One-based column of its start tag.</param>
/// <param name="HasClear">Whether it holds <c>&lt;clear /&gt;</c>, so nothing further away counts.</param>
public sealed record SettingsSectionFact(string Name, int Line, int Column, bool HasClear);

/// <summary>A package source.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">The URL or absolute path NuGet resolves it to; may hold a secret, so only <see cref="Display"/> is ever printed.</param>
/// <param name="Origin">The entry that has the last word.</param>
/// <param name="Level">Where that entry's file lies.</param>
public sealed record PackageSourceFact(string Name, string Value, SourceLocation Origin, SettingsLevel Level)
{
    /// <summary>The value as written in the file, before NuGet resolves it; empty where unknown. May hold a secret.</summary>
    public string RawValue { get; init; } = "";

    /// <summary>False where a <c>disabledPackageSources</c> entry names it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The entry that disables it; null where it is enabled.</summary>
    public SettingsValueFact? DisabledBy { get; init; }

    /// <summary>The protocolVersion as written; empty where there is none.</summary>
    public string ProtocolVersion { get; init; } = "";

    /// <summary>True for a folder or UNC path, false for a URL.</summary>
    public bool IsLocal => !Value.Contains("://", StringComparison.Ordinal) || Value.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value without credentials, safe to print.</summary>
    public string Display => Redaction.Url(Value);

    /// <summary>Whether an address that NuGet has recorded is this source's; with or without a slash at its end, in any case.</summary>
    public bool IsAt(string address) => Value.TrimEnd('/', '\\').Equals(address.TrimEnd('/', '\\'), StringComparison.OrdinalIgnoreCase);

    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append($"{nameof(Name)} = {Name}, {nameof(Display)} = {Display}, {nameof(Origin)} = {Origin}, {nameof(Level)} = {Level}, {nameof(Enabled)} = {Enabled}");
        return true;
    }
}

/// <summary>One pattern of the package source mapping.</summary>
/// <param name="SourceKey">The source it maps to.</param>
/// <param name="Pattern">The pattern as written: an id, a prefix with <c>*</c>, or <c>*</c>.</param>
/// <param name="Origin">The entry.</param>
/// <param name="Level">Where its file lies.</param>
public sealed record SourceMappingFact(string SourceKey, string Pattern, SourceLocation Origin, SettingsLevel Level)
{
    /// <summary>The <c>packageSource</c> element around the entry, which names the source; the entry itself where that is unknown.</summary>
    public SourceLocation SourceOrigin { get; init; } = Origin;
}

/// <summary>A key and value of any other section.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value, resolved where it is a path.</param>
/// <param name="Origin">The entry that has the last word.</param>
/// <param name="Level">Where that entry's file lies.</param>
public sealed record SettingsValueFact(string Key, string Value, SourceLocation Origin, SettingsLevel Level)
{
    /// <summary>The value as written in the file, before NuGet resolves it; empty where unknown.</summary>
    public string RawValue { get; init; } = "";
}
