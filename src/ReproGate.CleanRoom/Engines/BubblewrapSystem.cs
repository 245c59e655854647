using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Engines;

/// <summary>What a room without an image shows of this machine: the folders programs live in, the few files of <c>/etc</c> that they need, and the .NET SDK.</summary>
internal sealed record BubblewrapSystem
{
    // The SDK's place in a room where it does not lie below /usr: a user's folder is nobody's business.
    private const string Elsewhere = "/opt/dotnet";
    private const int MostSdksNamed = 3;

    // Where distributions have the folders of programs that are older than /usr: mostly links into it.
    private static readonly string[] Folders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

    // What finds libraries and programs, and the certificates that are no secret. Nothing that names machine, users, network or licences.
    private static readonly string[] Files =
    [
        "/etc/alternatives", "/etc/ca-certificates/extracted", "/etc/crypto-policies", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/os-release",
        "/etc/pki/ca-trust/extracted", "/etc/pki/tls/cert.pem", "/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf", "/etc/ssl/cert.pem", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
    ];

    /// <summary>The distribution's name and version, as os-release says it.</summary>
    public required string Name { get; init; }

    /// <summary>Top-level folders, and where those lead that are links; empty for folders.</summary>
    public ImmutableArray<(string Path, string Link)> TopLevel { get; init; } = [];

    /// <summary>Files and folders of <c>/etc</c> that are there.</summary>
    public ImmutableArray<string> Etc { get; init; } = [];

    /// <summary>Whether there is a <c>/usr/local</c>; a room does not show what is in it.</summary>
    public bool HasLocal { get; init; }

    /// <summary>The SDK's folder on this machine, links followed.</summary>
    public required string Dotnet { get; init; }

    /// <summary>Versions of the SDK in it.</summary>
    public ImmutableArray<string> Sdks { get; init; } = [];

    /// <summary>The SDK's folder in a room.</summary>
    public string DotnetInRoom => IsShown(Dotnet) ? Dotnet : Elsewhere;

    /// <summary>The system in a few words.</summary>
    public string Description
    {
        get
        {
            string sdks = Sdks.Length <= MostSdksNamed ? string.Join(", ", Sdks) : $"{string.Join(", ", Sdks.Take(MostSdksNamed))} and {Sdks.Length - MostSdksNamed} more";
            return $"{Name}, .NET SDK {sdks} in {Dotnet}";
        }
    }

    /// <summary>Reads this machine's.</summary>
    /// <param name="dotnetHost">Absolute path of the dotnet that is to be used; a mere name for the one on the PATH.</param>
    /// <exception cref="EngineException">There is no SDK.</exception>
    public static BubblewrapSystem Read(string dotnetHost)
    {
        string dotnet = FolderOf(Path.IsPathFullyQualified(dotnetHost) ? dotnetHost : OnPath());
        string sdks = Path.Combine(dotnet, "sdk");
        ImmutableArray<string> versions = Directory.Exists(sdks)
            ? [.. Directory.EnumerateDirectories(sdks).Select(static folder => Path.GetFileName(folder)).Where(static name => char.IsAsciiDigit(name[0])).OrderDescending(StringComparer.Ordinal)]
            : [];
        return new BubblewrapSystem
        {
            Name = NameOf(File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : []),
            TopLevel = [.. Folders.Select(static path => new DirectoryInfo(path)).Where(static folder => folder.Exists).Select(static folder => (folder.FullName, folder.LinkTarget ?? ""))],
            Etc = [.. Files.Where(Path.Exists)],
            HasLocal = Directory.Exists("/usr/local"),
            Dotnet = dotnet,
            Sdks = versions.IsEmpty ? throw new EngineException($"there is no .NET SDK in {dotnet}, and a room without an image has no other") : versions,
        };
    }

    /// <summary>The name and version of os-release's lines.</summary>
    internal static string NameOf(IEnumerable<string> lines)
    {
        Dictionary<string, string> values = lines.Select(static line => line.Split('=', 2)).Where(static parts => parts.Length == 2).GroupBy(static parts => parts[0], StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.First()[1].Trim().Trim('"', '\''), StringComparer.Ordinal);
        return values.TryGetValue("PRETTY_NAME", out string? pretty) && pretty.Length > 0
            ? pretty
            : $"{values.GetValueOrDefault("NAME", "Linux")} {values.GetValueOrDefault("VERSION_ID", "of unknown version")}";
    }

    private static bool IsShown(string path) => path.StartsWith("/usr/", StringComparison.Ordinal) && !path.StartsWith("/usr/local/", StringComparison.Ordinal);

    private static string FolderOf(string host)
    {
        try
        {
            return Path.GetDirectoryName(new FileInfo(host).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? host)!;
        }
        catch (IOException exception)
        {
            throw new EngineException($"{host} cannot be followed: {exception.Message.TrimEnd('.')}");
        }
    }

    private static string OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified).Select(static folder => Path.Combine(folder, "dotnet")).FirstOrDefault(File.Exists)
        ?? throw new EngineException("there is no dotnet on the PATH, and a room without an image uses this machine's");
}
