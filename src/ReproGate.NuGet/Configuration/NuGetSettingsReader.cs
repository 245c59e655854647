using System.Collections.Immutable;
using System.Xml;
using NuGet.Common;
using NuGet.Configuration;
using ReproGate.Facts;

namespace ReproGate.NuGet.Configuration;

/// <summary>Reads the effective NuGet configuration with NuGet.Configuration, and adds the file and line of every entry.</summary>
public static class NuGetSettingsReader
{
    private const string PackageSources = "packageSources";
    private const string Disabled = "disabledPackageSources";
    private const string Fallback = "fallbackPackageFolders";
    private const string Mapping = "packageSourceMapping";
    private const string Config = "config";

    /// <summary>Reads the configuration that restore uses for projects of a directory.</summary>
    /// <param name="directory">Absolute path of the project's directory, or of the nearest directory with a NuGet.config above it.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="configFile">Absolute path of <c>RestoreConfigFile</c>, which then is the only file read; null where it is not set.</param>
    /// <exception cref="NuGetSettingsException">NuGet cannot read a file; the message names it and says why.</exception>
    public static NuGetSettingsFacts Read(string directory, string repositoryRoot, string? configFile = null)
    {
        try
        {
            ISettings settings = string.IsNullOrEmpty(configFile)
                ? Settings.LoadDefaultSettings(directory, configFileName: null, new XPlatMachineWideSetting())
                : Settings.LoadDefaultSettings(Path.GetDirectoryName(configFile), Path.GetFileName(configFile), machineWideSettings: null);
            NuGetSettingsFacts facts = Facts(settings, [.. PackageSourceProvider.LoadPackageSources(settings)], directory, repositoryRoot);
            return string.IsNullOrEmpty(configFile) ? facts with { MisspelledFiles = NuGetConfigNames.Misspelled(directory, repositoryRoot) } : facts;
        }
        catch (Exception exception) when (IsSettingsFault(exception))
        {
            throw Wrap(exception);
        }
    }

    /// <summary>Reads only the named files, nearest first: the same merge without the user's and the machine's files.</summary>
    /// <exception cref="NuGetSettingsException">NuGet cannot read a file; the message names it and says why.</exception>
    public static NuGetSettingsFacts ReadFiles(IReadOnlyList<string> files, string directory, string repositoryRoot)
    {
        try
        {
            ISettings settings = Settings.LoadSettingsGivenConfigPaths([.. files]);
            return Facts(settings, [.. PackageSourceProvider.LoadPackageSources(settings)], directory, repositoryRoot);
        }
        catch (Exception exception) when (IsSettingsFault(exception))
        {
            throw Wrap(exception);
        }
    }

    private static NuGetSettingsFacts Facts(ISettings settings, IReadOnlyList<PackageSource> sources, string directory, string repositoryRoot)
    {
        var texts = new Dictionary<string, NuGetConfigText>(StringComparer.Ordinal);
        var levels = new SettingsLevels(repositoryRoot);

        NuGetConfigText Text(string path)
        {
            if (!texts.TryGetValue(path, out NuGetConfigText? text))
            {
                texts.Add(path, text = NuGetConfigText.Read(path));
            }

            return text;
        }

        SettingsValueFact Value(AddItem item, string section, string value)
        {
            string path = item.ConfigPath ?? "";
            NuGetConfigText.Entry? entry = path.Length > 0 ? Text(path).Find(section, item.Key) : null;
            return new SettingsValueFact(item.Key, value, entry?.Location ?? new SourceLocation(path), levels.Of(path)) { RawValue = entry?.RawValue ?? "" };
        }

        IEnumerable<AddItem> Items(string section) => settings.GetSection(section)?.Items.OfType<AddItem>() ?? [];

        ImmutableArray<SettingsFileFact> files = [.. settings.GetConfigFilePaths().Select(path => new SettingsFileFact(path, levels.Of(path)) { Sections = Text(path).Sections })];
        ImmutableArray<SettingsValueFact> disabled = [.. Items(Disabled).Select(item => Value(item, Disabled, item.Value))];
        Dictionary<string, SourceItem> sourceItems = (settings.GetSection(PackageSources)?.Items.OfType<SourceItem>() ?? [])
            .GroupBy(static item => item.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static group => group.Key, static group => group.First(), StringComparer.OrdinalIgnoreCase);

        return new NuGetSettingsFacts
        {
            Directory = directory,
            RepositoryRoot = repositoryRoot,
            Files = files,
            Sources =
            [
                .. sources.Select(source =>
                {
                    // A source without an item comes from the machine's NuGetDefaults.Config, which no <clear /> removes.
                    string path = sourceItems.TryGetValue(source.Name, out SourceItem? item)
                        ? item.ConfigPath ?? ""
                        : Path.Combine(NuGetEnvironment.GetFolderPath(NuGetFolderPath.MachineWideSettingsBaseDirectory), "NuGetDefaults.Config");
                    NuGetConfigText.Entry? entry = Text(path).Find(PackageSources, source.Name);
                    return new PackageSourceFact(source.Name, source.Source, entry?.Location ?? new SourceLocation(path), levels.Of(path))
                    {
                        RawValue = entry?.RawValue ?? "",
                        Enabled = source.IsEnabled,
                        DisabledBy = source.IsEnabled ? null : disabled.FirstOrDefault(entry => entry.Key == source.Name),
                        ProtocolVersion = item?.ProtocolVersion ?? "",
                    };
                }),
            ],
            Mappings =
            [
                .. new PackageSourceMappingProvider(settings).GetPackageSourceMappingItems().SelectMany(item => item.Patterns.Select(pattern =>
                {
                    string path = item.ConfigPath ?? "";
                    SourceLocation? at = path.Length > 0 ? Text(path).FindPattern(item.Key, pattern.Pattern)?.Location : null;
                    var origin = new SourceMappingFact(item.Key, pattern.Pattern, at ?? new SourceLocation(path), levels.Of(path));
                    return path.Length > 0 && Text(path).Find(Mapping, item.Key) is { } source ? origin with { SourceOrigin = source.Location } : origin;
                })),
            ],
            FallbackFolders = [.. Items(Fallback).Select(item => Value(item, Fallback, item.GetValueAsPath()))],
            Values = [.. Items(Config).Select(item => Value(item, Config, Redact(item)))],
            GlobalPackagesFolder = SettingsUtility.GetGlobalPackagesFolder(settings),
        };
    }

    // The proxy's settings may carry user and password.
    private static string Redact(AddItem item) => item.Key.Contains("password", StringComparison.OrdinalIgnoreCase) ? "***" : Redaction.Url(item.Value);

    private static bool IsSettingsFault(Exception exception) => exception is NuGetConfigurationException or XmlException or IOException
        or UnauthorizedAccessException or InvalidOperationException or ArgumentException or UriFormatException or NotSupportedException
        or TypeInitializationException { InnerException: NuGetConfigurationException or XmlException or IOException or UnauthorizedAccessException };

    private static NuGetSettingsException Wrap(Exception exception) =>
        new((exception is TypeInitializationException ? exception.InnerException! : exception).Message, exception);
}

/// <summary>NuGet cannot read its configuration.</summary>
public sealed class NuGetSettingsException(string message, Exception inner) : Exception(message, inner);
