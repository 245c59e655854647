using Microsoft.Extensions.Configuration;

namespace Shop.Shared;

public enum OrderMode
{
    Fast,
    Safe,
}

public sealed class OrderOptions
{
    public required Uri Url { get; set; }

    public OrderMode Mode { get; set; } = OrderMode.Safe;

    public int Retries { get; set; } = 3;
}

public static class Settings
{
    public static string Required(this IConfiguration configuration, string key) =>
        configuration[key] ?? throw new InvalidOperationException($"{key} is missing");
}
