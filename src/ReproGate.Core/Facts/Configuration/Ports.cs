using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>Ports and hosts of one application in one environment, each with the place that says so.</summary>
public sealed record NetworkFacts
{
    /// <summary>Ports of the host (node, developer's machine) that something claims. For compose those of every service of the merged files.</summary>
    public ImmutableArray<PublishedPort> Published { get; init; } = [];

    /// <summary>Ports that a declaration says the application's container listens on: EXPOSE, containerPort, targetPort, the container's side of <c>ports</c>.</summary>
    public ImmutableArray<DeclaredPort> Declared { get; init; } = [];

    /// <summary>Names that can be reached from the application: compose services and aliases, Kubernetes Services, resources of the app host.</summary>
    public ImmutableArray<ServiceHost> Hosts { get; init; } = [];

    /// <summary>On a developer's machine: the addresses that launch profiles give this application and those of the matrix that run beside it.</summary>
    public ImmutableArray<LaunchedPort> Launched { get; init; } = [];

    /// <summary>False where the names are not all known (an external network, an ExternalName service, an app host that computes names).</summary>
    public bool HostsAreComplete { get; init; } = true;
}

/// <summary>A port the application listens on, as its effective configuration says (<see cref="ReproGate.Linking.ListeningPorts"/>).</summary>
/// <param name="Port">1 to 65535; 0 for a port chosen when it starts.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">As written: <c>localhost</c>, <c>*</c>, <c>0.0.0.0</c>, …</param>
/// <param name="Key">The configuration key it comes from: <c>urls</c>, <c>http_ports</c>, <c>Kestrel:Endpoints:Http:Url</c>; empty for the default of Kestrel.</param>
/// <param name="Location">Where; null for the default of Kestrel.</param>
public sealed record ListeningPort(int Port, string Scheme, string Host, string Key, SourceLocation? Location)
{
    /// <summary>What gives it; null for the default of Kestrel.</summary>
    public ProviderFacts? Provider { get; init; }

    /// <summary>Whether only the machine itself can reach it.</summary>
    public bool LoopbackOnly => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || Host.StartsWith("127.", StringComparison.Ordinal) || Host is "[::1]" or "::1";
}

/// <summary>A port of the host that something claims.</summary>
/// <param name="HostPort">1 to 65535.</param>
/// <param name="Owner">Who: the compose service, the workload, the launch profile.</param>
/// <param name="Origin">What kind of declaration it is.</param>
/// <param name="Location">Where.</param>
public sealed record PublishedPort(int HostPort, string Owner, PortOrigin Origin, SourceLocation Location)
{
    /// <summary>The port inside the container; 0 where there is none.</summary>
    public int ContainerPort { get; init; }

    /// <summary>Address of the host it is bound to; empty for all.</summary>
    public string HostIp { get; init; } = "";

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>Profiles of compose that start the service; empty where it always starts.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>Project file's folder for a launch profile; the compose project's folder for compose; else empty.</summary>
    public string Scope { get; init; } = "";
}

/// <summary>A port that an application is told to listen on by the launch profile it is run with.</summary>
/// <param name="App">Its name in the matrix.</param>
/// <param name="Profile">The profile.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Location">Where.</param>
public sealed record LaunchedPort(string App, string Profile, int Port, SourceLocation Location)
{
    /// <summary>Whether the app host that starts the application names the profile.</summary>
    public bool Chosen { get; init; }

    /// <summary>Address it is bound to: <c>localhost</c>, an address, or empty for all.</summary>
    public string HostIp { get; init; } = "";
}

/// <summary>A port that a declaration says the container listens on.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Owner">Service, workload or Dockerfile.</param>
/// <param name="Origin">What kind of declaration it is.</param>
/// <param name="Location">Where.</param>
public sealed record DeclaredPort(int Port, string Owner, PortOrigin Origin, SourceLocation Location)
{
    /// <summary>Its name where it has one.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public string Protocol { get; init; } = "tcp";
}

/// <summary>The kinds of declarations of ports.</summary>
public enum PortOrigin
{
    LaunchProfile,
    Expose,
    ComposePorts,
    ComposeExpose,
    ContainerPort,
    TargetPort,
    HostPort,
    NodePort,
    Aspire,
}

/// <summary>A host name that others can reach.</summary>
/// <param name="Name">The name; for a Kubernetes Service without its namespace.</param>
/// <param name="Kind">What defines it.</param>
/// <param name="Location">Where.</param>
public sealed record ServiceHost(string Name, ServiceHostKind Kind, SourceLocation Location)
{
    /// <summary>The service it stands for: itself, or the service of an alias.</summary>
    public string Service { get; init; } = "";

    /// <summary>Namespace of Kubernetes; empty where it has none.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Ports it answers on as far as they are declared: a Service's ports, or what compose services expose and publish.</summary>
    public ImmutableArray<int> Ports { get; init; } = [];
}

/// <summary>What defines a host name.</summary>
public enum ServiceHostKind
{
    ComposeService,
    ComposeAlias,
    KubernetesService,
    AspireResource,
}
