using System.Reflection;
using System.Runtime.Loader;
using NuGet.Common;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace ReproGate.NuGet.Feeds;

/// <summary>
/// The credential providers NuGet itself uses (plug-ins, the configured passwords), without any prompt. They live in NuGet.Credentials, which
/// is part of the .NET SDK and of no package: it is taken from the SDK that runs the build.
/// </summary>
internal static class CredentialProviders
{
    /// <summary>Installs them, unless this process has some. Without them a source that asks for more than configured passwords gives no answer, and says so.</summary>
    /// <param name="sdkDirectory">The folder of the .NET SDK; empty for none.</param>
    public static void Install(string sdkDirectory)
    {
        string assembly = Path.Combine(sdkDirectory, "NuGet.Credentials.dll");
        if (HttpHandlerResourceV3.CredentialService is not null || sdkDirectory.Length == 0 || !File.Exists(assembly))
        {
            return;
        }

        try
        {
            // Into the context of our NuGet.Protocol, so that both speak of the same types.
            AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(typeof(SourceRepository).Assembly) ?? AssemblyLoadContext.Default;
            context.LoadFromAssemblyPath(assembly)
                .GetType("NuGet.Credentials.DefaultCredentialServiceUtility")?
                .GetMethod("SetupDefaultCredentialService", BindingFlags.Public | BindingFlags.Static, [typeof(ILogger), typeof(bool)])?
                .Invoke(null, [NullLogger.Instance, true]);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException or TargetInvocationException or ArgumentException or MissingMethodException)
        {
            // Another SDK's NuGet.Credentials may want another NuGet.Protocol; then there are no providers, only configured passwords.
            HttpHandlerResourceV3.CredentialService = null;
        }
    }
}
