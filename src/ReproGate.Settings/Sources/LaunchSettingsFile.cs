using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Sources;

/// <summary>Reads <c>Properties/launchSettings.json</c>: what a developer's <c>dotnet run</c> sets.</summary>
internal static class LaunchSettingsFile
{
    /// <summary>Reads one profile.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="profile">Its name; empty for the one that <c>dotnet run</c> takes: the first that runs the project.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where the profile is named.</param>
    public static RuntimeSource Read(SettingsFiles files, string path, string profile, FaultList faults, SourceLocation? askedBy)
    {
        if (files.Json(path, faults, askedBy) is not MappingNode root || root.Mapping("profiles") is not { } profiles)
        {
            return new RuntimeSource();
        }

        string scope = Path.GetDirectoryName(Path.GetDirectoryName(path)) ?? "";
        var published = ImmutableArray.CreateBuilder<PublishedPort>();
        RuntimeSource? chosen = null;
        foreach ((ScalarNode name, SettingsNode value) in profiles.Entries)
        {
            if (value is not MappingNode mapping)
            {
                faults.Malformed(value.Location, $"an object was expected as profile '{FaultList.Shown(name.Text)}'");
                continue;
            }

            Ports(published, mapping, name.Text, scope);
            bool wanted = profile.Length > 0 ? name.Text == profile : mapping.Text("commandName") == "Project";
            if (wanted && chosen is null)
            {
                chosen = Profile(mapping, name.Text, path);
            }
        }

        if (root.Mapping("iisSettings")?.Mapping("iisExpress") is { } express)
        {
            Url(published, express.Scalar("applicationUrl"), "IIS Express", scope);
            if (int.TryParse(express.Text("sslPort"), NumberStyles.None, CultureInfo.InvariantCulture, out int ssl) && ssl is > 0 and <= 65535)
            {
                published.Add(new PublishedPort(ssl, "IIS Express", PortOrigin.LaunchProfile, express["sslPort"]!.Location) { Scope = scope });
            }
        }

        if (chosen is null && profile.Length > 0)
        {
            faults.Missing(askedBy ?? new SourceLocation(path), $"'{files.Relative(path)}' has no profile '{FaultList.Shown(profile)}'");
        }

        return (chosen ?? new RuntimeSource()) with { Network = new NetworkFacts { Published = published.ToImmutable() } };
    }

    /// <summary>The addresses that a profile makes an application listen on; none where it does not run the project by itself, or its own variables replace them.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="profile">Its name; empty for the first that runs the project.</param>
    /// <param name="app">The application's name in the matrix.</param>
    public static IEnumerable<LaunchedPort> Launched(SettingsFiles files, string path, string profile, string app)
    {
        // What is wrong with the file is told where the application itself is judged.
        if ((files.Json(path, new FaultList()) as MappingNode)?.Mapping("profiles")?.Entries.FirstOrDefault(entry => entry.Value is MappingNode found && found.Text("commandName") == "Project" && (profile.Length == 0 || entry.Key.Text == profile))
            is not { Key: { } name, Value: MappingNode mapping }
            || mapping.Mapping("environmentVariables")?.Entries.Any(static entry => IsAddress(entry.Key.Text)) == true)
        {
            return [];
        }

        var published = ImmutableArray.CreateBuilder<PublishedPort>();
        Url(published, mapping.Scalar("applicationUrl"), name.Text, "");
        return published.Select(port => new LaunchedPort(app, name.Text, port.HostPort, port.Location) { HostIp = port.HostIp }).DistinctBy(static port => (port.Port, port.HostIp));
    }

    // "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "Kestrel__Endpoints__Http__Url", "URLS".
    private static bool IsAddress(string variable) =>
        variable.EndsWith("URLS", StringComparison.OrdinalIgnoreCase) || variable.EndsWith("_PORTS", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("Kestrel", StringComparison.OrdinalIgnoreCase);

    private static RuntimeSource Profile(MappingNode profile, string name, string path)
    {
        var variables = new List<ProvidedKey>();
        // dotnet run hands the addresses on as a variable, which the profile's own variables may replace.
        if (profile.Scalar("applicationUrl") is { IsNull: false } url)
        {
            variables.Add(new ProvidedKey("ASPNETCORE_URLS", url.Text, url.Location) { WrittenAs = "applicationUrl" });
        }

        foreach ((ScalarNode key, SettingsNode value) in profile.Mapping("environmentVariables")?.Entries ?? [])
        {
            if (value is ScalarNode scalar)
            {
                variables.RemoveAll(earlier => earlier.Key == key.Text);
                variables.Add(new ProvidedKey(key.Text, scalar.IsNull ? "" : scalar.Text, key.Location) { WrittenAs = key.Text });
            }
        }

        return new RuntimeSource
        {
            Groups = [new VariableGroup($"launchSettings.json profile {FaultList.Shown(name)}", ProviderOrigin.LaunchSettings, path) { Variables = [.. variables], DeveloperOnly = true }],
            Arguments = profile.Scalar("commandLineArgs") is { IsNull: false } arguments
                ? [.. CommandLineSettings.Split(arguments.Text).Select(word => new ProvidedKey("", word, arguments.Location))]
                : null,
        };
    }

    private static void Ports(ImmutableArray<PublishedPort>.Builder published, MappingNode profile, string name, string scope)
    {
        Url(published, profile.Scalar("applicationUrl"), name, scope);
        foreach (string member in (string[])["httpPort", "sslPort"])
        {
            if (int.TryParse(profile.Text(member), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535)
            {
                published.Add(new PublishedPort(port, name, PortOrigin.LaunchProfile, profile[member]!.Location) { Scope = scope });
            }
        }
    }

    private static void Url(ImmutableArray<PublishedPort>.Builder published, ScalarNode? urls, string name, string scope)
    {
        foreach (string url in (urls?.Text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ListeningPorts.ParseAddress(url) is (_, { } host, > 0 and int port))
            {
                published.Add(new PublishedPort(port, name, PortOrigin.LaunchProfile, urls!.Location) { Scope = scope, HostIp = host is "*" or "+" or "0.0.0.0" ? "" : host });
            }
        }
    }
}
