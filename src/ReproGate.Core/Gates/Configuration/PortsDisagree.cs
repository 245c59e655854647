using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3031: what a container's declarations say about its port, and what the application listens on, are not the same.</summary>
public static class PortsDisagree
{
    /// <summary>Judges web applications in environments that run in containers, where the port they listen on is written somewhere.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        if (app.Facts.Code.Host.Kind is not (HostKind.WebApplication or HostKind.WebApplicationSlim or HostKind.DefaultBuilder))
        {
            yield break;
        }

        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments.Where(static environment => environment.Environment.Network != NetworkKind.Host))
        {
            // Kestrel's own default means that the base image may set the port, and 0 that code computes it: nothing is certain then.
            ImmutableArray<ListeningPort> listening = app.ListensOn(environment);
            if (listening.IsEmpty || listening.Any(static port => port.Location is null || port.Port == 0) || environment.MayGiveMore)
            {
                continue;
            }

            // Below a condition that is neither about the configuration nor about the environment's name nobody sees that a call of the code may not happen: what is
            // configured beside it, by the base image too, counts then.
            ImmutableArray<ListeningPort> configured = ListeningPorts.Find(environment.Effective);
            foreach (DeclaredPort declared in environment.Facts.Set.Network.Declared.Where(static port => port is { Protocol: "tcp", Port: > 0 }))
            {
                // A port with another name (metrics, debug) may be opened by something else.
                bool other = declared.Name.Length > 0 && !declared.Name.Contains("http", StringComparison.OrdinalIgnoreCase) && declared.Name is not ("web" or "api" or "main");
                // Several EXPOSE lines are an image's, for all who use it; here it is enough that one of them fits.
                bool fits = listening.Concat(configured).Any(port => port.Port == declared.Port)
                    || (declared.Origin is PortOrigin.Expose or PortOrigin.ComposeExpose && environment.Facts.Set.Network.Declared.Any(sibling => sibling.Origin == declared.Origin && listening.Any(port => port.Port == sibling.Port)));
                if (other || fits || !told.Add(declared.Location))
                {
                    continue;
                }

                ListeningPort shown = listening[0];
                yield return new Finding(
                    RuleCatalog.PortsDisagree,
                    declared.Location,
                    $"{declared.Owner} names the port {declared.Port.ToString(CultureInfo.InvariantCulture)} ({Word(declared.Origin)}), and {app.Name} listens on {string.Join(", ", listening.Select(static port => port.Port.ToString(CultureInfo.InvariantCulture)).Distinct())} in the environment '{environment.Environment.Name}' ('{shown.Key}' in {Path.GetFileName(shown.Location!.File)}, line {shown.Location.Line}).",
                    "Whoever connects to that port finds nobody.",
                    $"Write the same port in both places.")
                {
                    Subject = $"{app.Name} {environment.Environment.Name} {declared.Port.ToString(CultureInfo.InvariantCulture)}",
                };
            }
        }
    }

    private static string Word(PortOrigin origin) => origin switch
    {
        PortOrigin.Expose => "EXPOSE",
        PortOrigin.ContainerPort => "containerPort",
        PortOrigin.TargetPort => "targetPort",
        PortOrigin.ComposeExpose => "expose",
        _ => "ports",
    };
}
