using NuGet.Common;
using ReproGate.Facts;

namespace ReproGate.NuGet.Configuration;

/// <summary>Tells where a configuration file lies, seen from the repository.</summary>
internal sealed class SettingsLevels(string repositoryRoot)
{
    private static readonly StringComparison Comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private readonly string _root = WithSeparator(Path.GetFullPath(repositoryRoot));
    private readonly string _user = WithSeparator(NuGetEnvironment.GetFolderPath(NuGetFolderPath.UserSettingsDirectory));

    public SettingsLevel Of(string path)
    {
        if (path.Length == 0)
        {
            return SettingsLevel.Machine;
        }

        string full = Path.GetFullPath(path);
        return full.StartsWith(_root, Comparison) ? SettingsLevel.Repository
            : full.StartsWith(_user, Comparison) ? SettingsLevel.User
            : _root.StartsWith(WithSeparator(Path.GetDirectoryName(full) ?? ""), Comparison) ? SettingsLevel.Parent
            : SettingsLevel.Machine;
    }

    private static string WithSeparator(string path) => Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar;
}
