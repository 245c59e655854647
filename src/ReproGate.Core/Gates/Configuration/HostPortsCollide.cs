using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3030: two services publish the same port of the host after the compose files are merged, or two applications that run together are launched on one port.</summary>
public static class HostPortsCollide
{
    /// <summary>Judges each environment; told by the application one of whose services it is, or by every one where it is none's.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (var group in environment.Facts.Set.Network.Published
                .Where(static port => port.HostPort > 0 && port.Origin is PortOrigin.ComposePorts or PortOrigin.HostPort or PortOrigin.NodePort)
                .GroupBy(static port => (port.HostPort, port.Protocol, port.Scope, port.Origin)))
            {
                PublishedPort[] ports = [.. group];
                for (int i = 1; i < ports.Length; i++)
                {
                    PublishedPort later = ports[i];
                    PublishedPort? earlier = ports[..i].FirstOrDefault(other => Collide(other, later));
                    if (earlier is null || !IsOfApp(app, environment, earlier, later) || !told.Add(later.Location))
                    {
                        continue;
                    }

                    string port = later.HostPort.ToString(CultureInfo.InvariantCulture);
                    yield return new Finding(
                        RuleCatalog.HostPortsCollide,
                        later.Location,
                        earlier.Owner == later.Owner
                            ? $"{later.Owner} publishes the port {port} of the host twice in the environment '{environment.Environment.Name}' (also in {Path.GetFileName(earlier.Location.File)}, line {earlier.Location.Line})."
                            : $"{later.Owner} publishes the port {port} of the host, which {earlier.Owner} publishes already in the environment '{environment.Environment.Name}' ({Path.GetFileName(earlier.Location.File)}, line {earlier.Location.Line}).",
                        "Only one of them can have it; the other does not start. Compose appends the ports of an override file to those of the base.",
                        later.Location.File == earlier.Location.File ? "Publish another port." : "Publish another port, or replace the list of the base: ports: !override […].")
                    {
                        Subject = $"{environment.Environment.Name} {port} {later.Owner}",
                    };
                }
            }
        }
    }

    /// <summary>
    /// Judges the launch profiles of two applications in one environment of developers' machines. That they run together is certain where a person has confirmed
    /// both in the matrix, or one app host starts both. Told by the later one of the matrix.
    /// </summary>
    public static IEnumerable<Finding> CheckLaunched(JudgedApp app)
    {
        if (app.Facts.Code.Host.Kind is not (HostKind.WebApplication or HostKind.WebApplicationSlim or HostKind.DefaultBuilder))
        {
            yield break;
        }

        var told = new HashSet<(SourceLocation, int)>();
        ImmutableArray<MatrixApp> earlier = [.. app.Facts.Matrix.Apps.TakeWhile(other => other.Name != app.Name)];
        foreach (JudgedEnvironment environment in app.Environments)
        {
            ImmutableArray<LaunchedPort> launched = environment.Facts.Set.Network.Launched;
            if (launched.IsEmpty || earlier.IsEmpty)
            {
                continue;
            }

            ImmutableArray<ListeningPort> listening = app.ListensOn(environment);
            foreach (LaunchedPort own in launched.Where(port => port.App == app.Name && listening.Any(one => one.Port == port.Port && one.Location == port.Location)))
            {
                LaunchedPort? other = launched.FirstOrDefault(other => other.Port == own.Port && SameAddress(own.HostIp, other.HostIp)
                    && earlier.FirstOrDefault(one => one.Name == other.App) is { } neighbour && RunTogether(app.Facts.App, neighbour, environment.Environment.Name, own.Profile == other.Profile || (own.Chosen && other.Chosen)));
                if (other is not null && told.Add((own.Location, own.Port)))
                {
                    string port = own.Port.ToString(CultureInfo.InvariantCulture);
                    yield return new Finding(
                        RuleCatalog.HostPortsCollide,
                        own.Location,
                        $"{app.Name} is launched on the port {port} in the environment '{environment.Environment.Name}' (profile '{own.Profile}'), and so is {other.App} (profile '{other.Profile}', line {other.Location.Line.ToString(CultureInfo.InvariantCulture)} of its launchSettings.json).",
                        "Only one of them can have it; the other does not start.",
                        $"Give one of the two another port, here or in the launchSettings.json of {other.App}; where they are never run at once, give each an environment of its own in {Path.GetFileName(app.Facts.Matrix.File)}.")
                    {
                        Subject = $"{environment.Environment.Name} {port} {app.Name}",
                    };
                }
            }
        }
    }

    private static bool SameAddress(string left, string right) =>
        left.Length == 0 || right.Length == 0 || left.Equals(right, StringComparison.OrdinalIgnoreCase) || (left is "localhost" or "127.0.0.1" && right is "localhost" or "127.0.0.1");

    // An app host may start each with another profile than dotnet run takes; profiles of one name it starts together, and those that it names.
    private static bool RunTogether(MatrixApp app, MatrixApp other, string environment, bool certainProfiles)
    {
        string[] hosts = [.. Hosts(app)];
        string[] others = [.. Hosts(other)];
        return hosts.Length > 0 || others.Length > 0 ? certainProfiles && hosts.Intersect(others).Any() : !app.Inferred && !other.Inferred;

        IEnumerable<string> Hosts(MatrixApp one) => one.Sources.GetValueOrDefault(environment, []).Where(static source => source.Kind == "aspire").Select(static source => string.Join(',', source.Files));
    }

    private static bool Collide(PublishedPort left, PublishedPort right) =>
        (left.HostIp.Length == 0 || right.HostIp.Length == 0 || left.HostIp == right.HostIp || left.HostIp == "0.0.0.0" || right.HostIp == "0.0.0.0")
        // Services of different profiles need not run at once.
        && (left.Profiles.IsEmpty || right.Profiles.IsEmpty || left.Profiles.Intersect(right.Profiles).Any())
        // The same line in two readings is one publication.
        && left.Location != right.Location
        // Exactly the same entry in an override is one publication, too.
        && !(left.Owner == right.Owner && left.ContainerPort == right.ContainerPort && left.HostIp == right.HostIp);

    private static bool IsOfApp(JudgedApp app, JudgedEnvironment environment, PublishedPort left, PublishedPort right)
    {
        bool Of(MatrixApp other) => other.Sources.TryGetValue(environment.Environment.Name, out var sources) && sources.Any(source => source.Target == left.Owner || source.Target == right.Owner);
        return Of(app.Facts.App) || !app.Facts.Matrix.Apps.Any(Of);
    }
}
