namespace ReproGate;

public static partial class RuleCatalog
{
    // RGATE3xxx: configuration keys against the declared environment matrix.
    public static readonly Rule KeyNotDeclared = new("RGATE3001", nameof(KeyNotDeclared), "A configuration key is read and not declared", Severity.Error, Gate.Configuration);
    public static readonly Rule KeyMissingInEnvironment = new("RGATE3002", nameof(KeyMissingInEnvironment), "A required key is given by nothing in an environment", Severity.Error, Gate.Configuration);
    public static readonly Rule KeyFromDeveloperOnly = new("RGATE3003", nameof(KeyFromDeveloperOnly), "Only a developer's own source gives a required key", Severity.Error, Gate.Configuration);
    public static readonly Rule ProviderNeverLoaded = new("RGATE3004", nameof(ProviderNeverLoaded), "What gives a required key is never loaded in that environment", Severity.Error, Gate.Configuration);
    public static readonly Rule KeyNeverRead = new("RGATE3005", nameof(KeyNeverRead), "A key is provided and never read", Severity.Warning, Gate.Configuration);
    public static readonly Rule DeclaredKeyNeverRead = new("RGATE3006", nameof(DeclaredKeyNeverRead), "A key is declared and never read", Severity.Warning, Gate.Configuration);
    public static readonly Rule ValueDoesNotFit = new("RGATE3007", nameof(ValueDoesNotFit), "A value does not fit its type", Severity.Error, Gate.Configuration);
    public static readonly Rule KeyFromWrongSource = new("RGATE3008", nameof(KeyFromWrongSource), "A key is given where it is forbidden, or from the wrong source", Severity.Error, Gate.Configuration);
    public static readonly Rule ComputedKeyNotDeclared = new("RGATE3009", nameof(ComputedKeyNotDeclared), "A key is computed at run time without a declared pattern", Severity.Error, Gate.Configuration);
    public static readonly Rule SecretInTrackedFile = new("RGATE3010", nameof(SecretInTrackedFile), "A secret stands in a file of the repository or in a constant", Severity.Error, Gate.Configuration);
    public static readonly Rule SecretReachesClient = new("RGATE3011", nameof(SecretReachesClient), "A secret reaches a client", Severity.Error, Gate.Configuration);
    public static readonly Rule SecretInImageOrManifest = new("RGATE3012", nameof(SecretInImageOrManifest), "A secret stands in a Dockerfile or a plain manifest", Severity.Error, Gate.Configuration);
    public static readonly Rule EnvironmentFileShips = new("RGATE3013", nameof(EnvironmentFileShips), "Settings of an undeclared environment ship in the publish output", Severity.Warning, Gate.Configuration);
    public static readonly Rule BuildVariableUndeclared = new("RGATE3020", nameof(BuildVariableUndeclared), "An environment variable ends in the output, and is not declared as a key of the build", Severity.Error, Gate.Configuration);
    public static readonly Rule RuntimeValueForBuildKey = new("RGATE3021", nameof(RuntimeValueForBuildKey), "A value is set at run time for a key that is frozen at build", Severity.Error, Gate.Configuration);
    public static readonly Rule RuntimeVariableForFrozenSwitch = new("RGATE3022", nameof(RuntimeVariableForFrozenSwitch), "A variable is set at run time that cannot reach the application", Severity.Error, Gate.Configuration);
    public static readonly Rule HostPortsCollide = new("RGATE3030", nameof(HostPortsCollide), "Two services or launch profiles claim the same port of the host", Severity.Error, Gate.Configuration);
    public static readonly Rule PortsDisagree = new("RGATE3031", nameof(PortsDisagree), "The declared port and the one listened on disagree", Severity.Error, Gate.Configuration);
    public static readonly Rule LocalhostInContainer = new("RGATE3032", nameof(LocalhostInContainer), "An address of the machine itself counts in a container", Severity.Error, Gate.Configuration);
    public static readonly Rule ServiceHostUndefined = new("RGATE3033", nameof(ServiceHostUndefined), "A value names a service that nothing defines", Severity.Error, Gate.Configuration);
    public static readonly Rule MachinePathInValue = new("RGATE3040", nameof(MachinePathInValue), "A value is a path of one machine", Severity.Warning, Gate.Configuration);
    public static readonly Rule EnvironmentNameCaseDiffers = new("RGATE3041", nameof(EnvironmentNameCaseDiffers), "The name of an environment is written in another case", Severity.Error, Gate.Configuration);
    public static readonly Rule VariableNameCannotMap = new("RGATE3042", nameof(VariableNameCannotMap), "A variable's name does not become the key it is meant for", Severity.Error, Gate.Configuration);
    public static readonly Rule OverlayMisleads = new("RGATE3043", nameof(OverlayMisleads), "An array or null over another does not replace it", Severity.Warning, Gate.Configuration);
    public static readonly Rule ComposeVariableUndefined = new("RGATE3044", nameof(ComposeVariableUndefined), "Compose takes a variable that nothing defines", Severity.Error, Gate.Configuration);
}
