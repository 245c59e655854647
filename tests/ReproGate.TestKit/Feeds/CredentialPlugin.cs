namespace ReproGate.TestKit;

/// <summary>
/// A credential provider as NuGet starts it (<c>NUGET_PLUGIN_PATHS</c>): a program that speaks NuGet's plug-in protocol, one JSON message a line,
/// and gives the same user and password for every source. It notes each question. A script of the shell, so that it costs no build.
/// </summary>
public sealed class CredentialPlugin
{
    private readonly string _log;

    private CredentialPlugin(string path)
    {
        Path = path;
        _log = path + ".log";
    }

    /// <summary>The program: what <c>NUGET_PLUGIN_PATHS</c> names.</summary>
    public string Path { get; }

    /// <summary>The requests for credentials so far, as they came.</summary>
    public IReadOnlyList<string> Questions => File.Exists(_log) ? File.ReadAllLines(_log) : [];

    /// <summary>Writes the program.</summary>
    /// <param name="folder">The folder it goes to.</param>
    /// <param name="user">The user it names.</param>
    /// <param name="password">The password it gives.</param>
    public static CredentialPlugin Create(string folder, string user, string password)
    {
        Directory.CreateDirectory(folder);
        // NuGet starts by itself what is called so; any other file it runs with dotnet.
        var plugin = new CredentialPlugin(System.IO.Path.Combine(folder, "nuget-plugin-test"));
        File.WriteAllText(plugin.Path, $$$"""
            #!/usr/bin/env bash
            say() { printf '{"RequestId":"%s","Type":"%s","Method":"%s","Payload":%s}\n' "$1" "$2" "$3" "$4"; }
            say 6f1d9c1e-0d6e-4e0b-9a39-2f4d1c4b7a01 Request Handshake '{"ProtocolVersion":"2.0.0","MinimumProtocolVersion":"1.0.0"}'
            while IFS= read -r line; do
              [[ $line =~ \"RequestId\":\"([^\"]+)\" ]] && id=${BASH_REMATCH[1]}
              [[ $line =~ \"Method\":\"([A-Za-z]+)\" ]] && method=${BASH_REMATCH[1]}
              [[ $line == *'"Type":"Request"'* ]] || continue
              case $method in
                Handshake) answer='{"ResponseCode":"Success","ProtocolVersion":"2.0.0"}' ;;
                GetOperationClaims) answer='{"Claims":["Authentication"]}' ;;
                GetAuthenticationCredentials)
                  printf '%s\n' "$line" >> "$0.log"
                  answer='{"Username":"{{{user}}}","Password":"{{{password}}}","Message":"","AuthenticationTypes":["Basic"],"ResponseCode":"Success"}' ;;
                Close) exit 0 ;;
                *) answer='{"ResponseCode":"Success"}' ;;
              esac
              say "$id" Response "$method" "$answer"
            done

            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(plugin.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return plugin;
    }
}
