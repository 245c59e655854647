using System.Collections.Frozen;

namespace ReproGate.Gates.Configuration;

/// <summary>Keys and variables that belong to .NET, its hosts and the system: no application declares them.</summary>
internal static class HostKeys
{
    private static readonly FrozenSet<string> Sections = FrozenSet.ToFrozenSet(["Logging", "Kestrel", "Metrics", "HostOptions", "hostBuilder", "DOTNET", "ASPNETCORE", "profiles", "iisSettings", "$schema"], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Keys = FrozenSet.ToFrozenSet(
        [
            "AllowedHosts", "urls", "http_ports", "https_ports", "https_port", "environment", "applicationName", "contentRoot", "webRoot", "hostingStartupAssemblies",
            "hostingStartupExcludeAssemblies", "preventHostingStartup", "captureStartupErrors", "detailedErrors", "preferHostingUrls", "suppressStatusMessages",
            "shutdownTimeoutSeconds", "startupTimeoutSeconds", "servicesStartConcurrently", "servicesStopConcurrently", "useIISIntegration", "APPL_PATH", "IIS_HTTPAUTH", "IIS_WEBSOCKETS_SUPPORTED", "server.urls", "startupAssembly", "staticWebAssets", "forwardedHeaders_enabled", "FORWARDEDHEADERS_ENABLED", "TEMP_DIR",
            "ReadOnlyDataProtectionKeyDirectory", "RUNNING_IN_CONTAINER", "RUNNING_IN_CONTAINERS", "RANDOM_PORTS", "disableDefaultConfiguration", "LOGGING__CONSOLE__FORMATTERNAME",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Variables = FrozenSet.ToFrozenSet(
        [
            "PATH", "PATHEXT", "HOME", "USER", "USERNAME", "USERPROFILE", "USERDOMAIN", "LOGNAME", "SHELL", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LANGUAGE", "TZ", "TMP", "TEMP", "TMPDIR", "PWD", "OS",
            "HOSTNAME", "COMPUTERNAME", "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC",
            "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "TEAMCITY_VERSION", "JENKINS_URL", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAME", "POD_NAMESPACE", "NODE_NAME",
            "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_HOSTNAME", "container",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] VariablePrefixes = ["DOTNET_", "ASPNETCORE_", "COMPlus_", "CORECLR_", "COREHOST_", "NUGET_", "MSBUILD", "OTEL_", "LC_", "ANCM_", "IDENTITY_", "MSI_", "AWS_LAMBDA_", "FUNCTIONS_", "K_", "WEBSITE_"];

    /// <summary>Whether a configuration key belongs to the hosts.</summary>
    public static bool Has(string key)
    {
        int colon = key.IndexOf(':', StringComparison.Ordinal);
        string first = colon < 0 ? key : key[..colon];
        return Sections.Contains(first) || Keys.Contains(key) || (colon < 0 && HasVariable(key));
    }

    /// <summary>Whether an environment variable belongs to .NET, the system or a platform.</summary>
    public static bool HasVariable(string name) => Variables.Contains(name) || VariablePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
