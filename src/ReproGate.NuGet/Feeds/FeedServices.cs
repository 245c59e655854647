using System.Text.Json;

namespace ReproGate.NuGet.Feeds;

/// <summary>The services of a source that are asked, from its service index.</summary>
internal sealed record FeedServices(Uri Index)
{
    private const int MaxResources = 1000;

    // The best first; a type without version is the oldest form.
    private static readonly string[] FlatContainerTypes = ["PackageBaseAddress/3.0.0"];
    private static readonly string[] RegistrationTypes = ["RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.0.0-rc", "RegistrationsBaseUrl/3.0.0-beta", "RegistrationsBaseUrl"];
    private static readonly string[] SearchTypes = ["SearchQueryService/3.5.0", "SearchQueryService/Versioned", "SearchQueryService/3.4.0", "SearchQueryService/3.0.0-rc", "SearchQueryService/3.0.0-beta", "SearchQueryService"];

    /// <summary>Version lists; null where the source has none.</summary>
    public Uri? FlatContainer { get; private init; }

    /// <summary>Publication, listing, deprecation; null where the source has none.</summary>
    public Uri? Registrations { get; private init; }

    /// <summary>Owners and finding by words; null where the source has none.</summary>
    public Uri? Search { get; private init; }

    /// <summary>Whether an address that a document names is on a host the service index names too, and no less protected.</summary>
    public bool IsOwn(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Index.Scheme)
        && (IsOn(Index, address) || (Registrations is { } registrations && IsOn(registrations, address)) || (FlatContainer is { } container && IsOn(container, address)));

    /// <summary>Reads a service index.</summary>
    /// <exception cref="FeedFaultException">It is none.</exception>
    public static FeedServices Of(JsonElement index, Uri address)
    {
        if (index.ValueKind != JsonValueKind.Object || !index.TryGetProperty("resources", out JsonElement resources) || resources.ValueKind != JsonValueKind.Array)
        {
            throw new FeedFaultException("what is at its address is no service index of a NuGet feed", concernsSource: true);
        }

        var found = new Dictionary<string, Uri>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement resource in resources.EnumerateArray().Take(MaxResources))
        {
            if (resource.ValueKind == JsonValueKind.Object
                && resource.TryGetProperty("@id", out JsonElement id) && id.ValueKind == JsonValueKind.String
                && Uri.TryCreate(id.GetString(), UriKind.Absolute, out Uri? service)
                && (service.Scheme == Uri.UriSchemeHttps || service.Scheme == address.Scheme)
                && resource.TryGetProperty("@type", out JsonElement types))
            {
                foreach (JsonElement type in types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().AsEnumerable() : [types])
                {
                    if (type.ValueKind == JsonValueKind.String)
                    {
                        found.TryAdd(type.GetString()!, service);
                    }
                }
            }
        }

        var services = new FeedServices(address)
        {
            FlatContainer = Folder(First(FlatContainerTypes)),
            Registrations = Folder(First(RegistrationTypes)),
            Search = First(SearchTypes),
        };
        return services.FlatContainer is null && services.Registrations is null
            ? throw new FeedFaultException("its service index names neither version lists nor registrations", concernsSource: true)
            : services;

        Uri? First(string[] names) => names.Select(name => found.GetValueOrDefault(name)).FirstOrDefault(static uri => uri is not null);
    }

    private static bool IsOn(Uri own, Uri address) => own.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) && own.Port == address.Port;

    // Relative addresses below it need the slash at its end.
    private static Uri? Folder(Uri? address) => address is null || address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
}
