using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Repository;

namespace ReproGate.Tasks;

/// <summary>What the checks that may ask a feed share.</summary>
public abstract class FeedTask : ProjectGateTask
{
    private const int DefaultTimeout = 20;
    private const int DefaultCooldown = 7;

    /// <summary>Absolute path of reprogate.lock.json, whether or not it exists.</summary>
    [Required]
    public string ReproGateLockFile { get; set; } = "";

    /// <summary>Absolute path of <c>reprogate.allow.json</c>, whether or not it exists.</summary>
    [Required]
    public string AllowFile { get; set; } = "";

    /// <summary>The user's folder for what was learned.</summary>
    [Required]
    public string CacheDirectory { get; set; } = "";

    /// <summary><c>ReproGateCooldownDays</c>.</summary>
    public string CooldownDays { get; set; } = "";

    /// <summary><c>ReproGateCooldownExemptSources</c>.</summary>
    public string CooldownExemptSources { get; set; } = "";

    /// <summary><c>ReproGateFeedTimeout</c>, in seconds.</summary>
    public string FeedTimeout { get; set; } = "";

    /// <summary>Whether the locked-restore gate is on, which asks for the hash of every tool and SDK.</summary>
    public bool LockedRestoreEnabled { get; set; }

    public string RestoreSources { get; set; } = "";

    public string RestoreAdditionalProjectSources { get; set; } = "";

    public string RestoreConfigFile { get; set; } = "";

    public string RestorePackagesPath { get; set; } = "";

    /// <summary>The folder of MSBuild in the running .NET SDK.</summary>
    public string SdkDirectory { get; set; } = "";

    internal int Cooldown => Number(CooldownDays, DefaultCooldown);

    internal TimeSpan Budget => TimeSpan.FromSeconds(Math.Max(1, Number(FeedTimeout, DefaultTimeout)));

    private protected CooldownPolicy Policy() => new(Cooldown, DateTimeOffset.UtcNow)
    {
        ExemptSources = Split(CooldownExemptSources),
        // A malformed list is told by the check of the repository.
        Allowed = AllowListReader.Read(AllowFile, out _),
    };

    /// <summary>Whether an SDK is the running gate's own (RGATE0003 judges it), or comes with the .NET SDK.</summary>
    private protected bool IsOfTheSdk(SharedDeclaration package) => package.Kind == PackageDeclarationKind.Sdk
        && (package.Id.Equals(SdkPin.PackageId, StringComparison.OrdinalIgnoreCase) || (package.Id.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && Directory.Exists(Path.Combine(SdkDirectory, "Sdks", package.Id))));

    internal ImmutableArray<string> Sources => Split(RestoreSources);

    internal ImmutableArray<string> AdditionalSources => Split(RestoreAdditionalProjectSources);

    private static int Number(string text, int otherwise) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
