using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>How an executable builds its configuration: the providers it adds, lowest priority first.</summary>
/// <param name="Kind">The builder it starts from, which decides the providers that come by default.</param>
public sealed record HostConfiguration(HostKind Kind)
{
    /// <summary>What the code does to the builder's sources after the defaults, in order.</summary>
    public ImmutableArray<ProviderOperation> Operations { get; init; } = [];

    /// <summary>The id of the user secrets (<c>UserSecretsIdAttribute</c>); empty where there is none.</summary>
    public string UserSecretsId { get; init; } = "";

    /// <summary>The application's name, which names <c>{App}.settings.json</c>; the assembly's where the code sets no other.</summary>
    public string ApplicationName { get; init; } = "";

    /// <summary>What the code itself listens on.</summary>
    public ImmutableArray<CodeListener> Listeners { get; init; } = [];

    /// <summary>True where parts of the chain could not be followed: a key that no known provider gives may still be given.</summary>
    public bool Incomplete { get; init; }
}

/// <summary>A call by which code itself says what the application listens on.</summary>
/// <param name="Kind">What it replaces.</param>
/// <param name="Port">1 to 65535; 0 where it is computed, chosen when it starts, below a condition that is not known, or no TCP port at all.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as far as the address says it.</param>
/// <param name="Host">Address or name; empty where not known.</param>
/// <param name="Member">The member that is called.</param>
/// <param name="Location">Where; null where there are no symbols.</param>
public sealed record CodeListener(ListenerKind Kind, int Port, string Scheme, string Host, string Member, SourceLocation? Location)
{
    /// <summary>Environments in which it is called, where a condition on the environment's name guards it; empty for all.</summary>
    public ImmutableArray<string> OnlyIn { get; init; } = [];

    /// <summary>Environments in which it is not called.</summary>
    public ImmutableArray<string> NotIn { get; init; } = [];
}

/// <summary>What a <see cref="CodeListener"/> replaces.</summary>
public enum ListenerKind
{
    /// <summary>An endpoint of Kestrel: it stands beside those of <c>Kestrel:Endpoints</c>, and addresses of the configuration and of <see cref="Address"/> are not listened on.</summary>
    Endpoint,

    /// <summary>An address of the server: those of the configuration are not listened on.</summary>
    Address,
}

/// <summary>The builders of .NET and the providers they bring.</summary>
public enum HostKind
{
    /// <summary>No configuration is built.</summary>
    None,

    /// <summary><c>WebApplication.CreateBuilder</c>.</summary>
    WebApplication,

    /// <summary><c>WebApplication.CreateSlimBuilder</c>.</summary>
    WebApplicationSlim,

    /// <summary><c>WebApplication.CreateEmptyBuilder</c> or <c>Host.CreateEmptyApplicationBuilder</c>.</summary>
    Empty,

    /// <summary><c>Host.CreateApplicationBuilder</c>.</summary>
    HostApplication,

    /// <summary><c>Host.CreateDefaultBuilder</c>, also with <c>ConfigureWebHostDefaults</c>, or <c>WebHost.CreateDefaultBuilder</c>.</summary>
    DefaultBuilder,

    /// <summary><c>WebAssemblyHostBuilder.CreateDefault</c>: <c>wwwroot/appsettings*.json</c>, public.</summary>
    WebAssembly,

    /// <summary>A <c>ConfigurationBuilder</c> of its own.</summary>
    Custom,
}

/// <summary>One change of a builder's sources.</summary>
/// <param name="Kind">What is added or removed.</param>
/// <param name="Location">Where; null where there are no symbols.</param>
public sealed record ProviderOperation(ProviderKind Kind, SourceLocation? Location)
{
    /// <summary>File or folder as the code gives it, <c>{Environment}</c> where the environment's name stands; prefix for variables; empty where there is none. Null where it cannot be known.</summary>
    public string? Argument { get; init; } = "";

    /// <summary>For a file: whether it may be missing.</summary>
    public bool Optional { get; init; }

    /// <summary>Keys that the code itself gives (in-memory collections), or switch mappings of the command line (<c>-s</c> → key).</summary>
    public ImmutableArray<KeyValuePair<string, string?>> Entries { get; init; } = [];

    /// <summary>Environments in which the operation runs, where a condition on the environment's name guards it; empty for all.</summary>
    public ImmutableArray<string> OnlyIn { get; init; } = [];

    /// <summary>Environments in which it does not run (<c>if (!env.IsDevelopment())</c>).</summary>
    public ImmutableArray<string> NotIn { get; init; } = [];

    /// <summary>Full name of the source's type where <see cref="Kind"/> is <see cref="ProviderKind.External"/>.</summary>
    public string TypeName { get; init; } = "";

    /// <summary>True where it is inserted before the sources that are there, so that they win.</summary>
    public bool First { get; init; }
}

/// <summary>Kinds of sources of configuration.</summary>
public enum ProviderKind
{
    /// <summary>All sources so far are removed.</summary>
    Clear,
    JsonFile,
    XmlFile,
    IniFile,
    KeyPerFile,
    EnvironmentVariables,
    CommandLine,
    UserSecrets,
    InMemory,

    /// <summary><c>.env</c>, read by a library or by compose.</summary>
    DotEnv,

    /// <summary>Environment variables set by launchSettings.json: a developer's machine only.</summary>
    LaunchSettings,

    /// <summary>A vault or another source whose keys only its own service knows.</summary>
    External,
}
