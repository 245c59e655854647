using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3030: two services publish the same port of the host after the compose files are merged.</summary>
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
