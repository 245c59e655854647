using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>All rules about configuration, in the order of their ids.</summary>
public static class ConfigurationGate
{
    /// <summary>Judges an application.</summary>
    /// <param name="facts">Everything that is known of its configuration.</param>
    public static IEnumerable<Finding> Check(AppConfiguration facts)
    {
        var app = new JudgedApp(facts);
        return
        [
            .. KeyNotDeclared.Check(app),
            .. KeyMissingInEnvironment.Check(app),
            .. KeyFromDeveloperOnly.Check(app),
            .. ProviderNeverLoaded.Check(app),
            .. KeyNeverRead.Check(app),
            .. DeclaredKeyNeverRead.Check(app),
            .. ValueDoesNotFit.Check(app),
            .. KeyFromWrongSource.Check(app),
            .. ComputedKeyNotDeclared.Check(app),
            .. SecretInTrackedFile.Check(app),
            .. SecretReachesClient.Check(app),
            .. SecretInImageOrManifest.Check(app),
            .. EnvironmentFileShips.Check(app),
            .. RuntimeValueForBuildKey.Check(app),
            .. RuntimeVariableForFrozenSwitch.Check(app),
            .. HostPortsCollide.Check(app),
            .. HostPortsCollide.CheckLaunched(app),
            .. PortsDisagree.Check(app),
            .. LocalhostInContainer.Check(app),
            .. ServiceHostUndefined.Check(app),
            .. MachinePathInValue.Check(app),
            .. EnvironmentNameCaseDiffers.Check(app),
            .. VariableNameCannotMap.Check(app),
            .. OverlayMisleads.Check(app),
            .. ComposeVariableUndefined.Check(app),
        ];
    }
}
